/* SPDX-License-Identifier: MIT */
/* ready - waits until the daemon is ready in the sense of DAEMONIZE_READY. It is
 * observed from outside: until then it is the launcher's child, and runs no code of
 * ours for this. */
#ifndef READY_H
#define READY_H

#include "base/report.h"
#include "base/sys.h"
#include "options/values.h"
#include "ready/attend.h"
#include "ready/follow.h"
#include "ready/listen.h"
#include "ready/notify.h"

struct ready {
	const struct ready_want *want;
	struct notify notify;
	struct listen listen;
	int line_fd;      /* read end for the daemon's newline; -1: none */
	int line_daemons; /* the daemon's end, in the launcher until the start; -1: none */
	int line_seen;
	struct follow follow;
	pid_t daemon;          /* what the launcher has started, its child; once ready, the daemon:
	                        * it, or the orphan that it has left */
	pid_t loggers[2];      /* log commands, which are not its descendants */
	const char *program;   /* its name in messages */
	long long deadline_ms; /* of clock_ms */
	int timeout_ms;        /* from which deadline_ms was computed */
	struct attend attend;

	long long began_ms; /* private: when the wait began, */
	long long said_ms;  /* and since when it is ready except for rest; 0: it is not */
};

/* Has a signal that should end the launcher arrived? Returns 1, with *why
 * (STATUS_SIGNALLED + number, no text), or 0. */
int ready_interrupted(const struct ready *r, struct failure *why);

/* Prepares to wait for a daemon that will run as uid, before anything is started.
 * Returns 0, or -1 with *why. */
int ready_begin(struct ready *r, uid_t uid, struct failure *why);

/* Waits until the daemon is ready. Returns 0 with r->daemon, or -1 with *why: it
 * has ended, it was not ready in time, or (STATUS_SIGNALLED + number, no text) the
 * launcher was interrupted. The daemon may still be running then. */
int ready_wait(struct ready *r, struct failure *why);

#endif
