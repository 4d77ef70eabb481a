/* SPDX-License-Identifier: MIT */
/* follow - which process is the daemon? The one that we have started; or, when that has
 * put itself in the background and ended with 0, the one that it has left there. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "options/values.h"
#include "ready/family.h"
#include "ready/rest.h"

struct follow {
	const struct forks_want *want;
	struct family family;

	pid_t daemon;       /* 0: not decided */
	pid_t others[2];    /* why not: there is more than one process that could be it */
	int left;           /* the first process has ended with 0, and is followed */
	int leaving;        /* it, or the daemon, looks as if it were about to */
	pid_t lost;         /* a process that it had left has ended, too, */
	int lost_status;    /* in this way */
	long long since_ms; /* since when all this has been so; of clock_ms */
	struct rest rest;
};

enum follow_verdict {
	FOLLOW_GO_ON,
	FOLLOW_ENDED,   /* the first process, as *wait_status says */
	FOLLOW_LOST,    /* so has what it had left: lost, lost_status */
	FOLLOW_SEVERAL, /* it has left several processes, others[] among them */
};

/* From the first process's beginning on. */
void follow_start(struct follow *f, pid_t first, long long now_ms);

/* Looks again. */
enum follow_verdict follow_look(struct follow *f, long long now_ms, int *wait_status);

/* Has the daemon come to rest, or been given up to do so? said_ms: since when it has been
 * ready in other respects. Returns 0, or in how many milliseconds to ask again. */
int follow_settled(struct follow *f, long long said_ms, long long now_ms);

#endif
