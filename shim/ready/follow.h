/* SPDX-License-Identifier: MIT */
/* follow - which process is the daemon? The one that the launcher has started or,
 * if that goes into the background and exits with 0, the one that it leaves there. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "options/values.h"
#include "ready/family.h"
#include "ready/rest.h"

struct follow {
	const struct forks_want *want;
	struct family family;

	pid_t daemon;       /* 0: undecided */
	pid_t others[2];    /* if undecided: two processes that could be it */
	int left;           /* the first process has exited with 0, and is followed */
	int leaving;        /* it, or the daemon, seems about to exit and leave a child */
	pid_t lost;         /* an orphan of it that has ended, too, */
	int lost_status;    /* with this status of waitpid(2) */
	long long since_ms; /* when all this last changed; of clock_ms */
	struct rest rest;
};

enum follow_verdict {
	FOLLOW_GO_ON,
	FOLLOW_ENDED,   /* the first process has ended, with *wait_status */
	FOLLOW_LOST,    /* so has its orphan, with a failure: lost, lost_status */
	FOLLOW_SEVERAL, /* it has left several orphans; others[] are two of them */
};

/* Begins to follow the first process. */
void follow_start(struct follow *f, pid_t first, long long now_ms);

/* Looks at the family again, and updates *f. *wait_status is set for FOLLOW_ENDED. */
enum follow_verdict follow_look(struct follow *f, long long now_ms, int *wait_status);

/* Is the daemon at rest, or has it had enough time to come to rest? said_ms: since
 * when it is ready in all other respects. Returns 0 if so, else in how many ms to
 * ask again. */
int follow_settled(struct follow *f, long long said_ms, long long now_ms);

#endif
