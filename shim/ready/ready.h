/* SPDX-License-Identifier: MIT */
/* ready - the launcher waits until the daemon is what its caller calls
 * started. From outside: the daemon is its child for that long, and finds
 * nothing of ours in itself. */
#ifndef READY_H
#define READY_H

#include "base/report.h"
#include "base/sys.h"
#include "options/values.h"
#include "ready/notify.h"

struct ready {
	const struct ready_want *want;
	struct notify notify;
	pid_t daemon;          /* child of ours, in a process group with its children */
	pid_t loggers[2];      /* not to be taken for its children */
	const char *program;   /* what messages call it */
	long long deadline_ms; /* of clock_ms */
	int timeout_ms;        /* what the deadline was made from */
	int signals;           /* signalfd, -1 before ready_wait */
	sys_sigset attended;
};

/* Has signals that would end the launcher, and the end of children, come as
 * events from now on. */
void ready_attend(struct ready *r);

/* Lets those signals end the launcher (on = 1), as is right while it is
 * suspended and could not look at events; or has them be events again (0). */
void ready_expose(const struct ready *r, int on);

/* 1 and *why (STATUS_SIGNALLED + number, no text) if such a signal has come,
 * else 0. */
int ready_interrupted(const struct ready *r, struct failure *why);

/* Waits. Returns 0; or -1 with *why described: it ended, it was not ready in
 * time, or (STATUS_SIGNALLED + number, no text) the launcher was interrupted.
 * The daemon may still run then. */
int ready_wait(struct ready *r, struct failure *why);

/* Has a child ended? It is not waited for: its process group stays its own,
 * and can be sent signals that reach no stranger. 1, with *wait_status as of
 * waitpid(2), or 0. */
int ready_ended(pid_t pid, int *wait_status);

#endif
