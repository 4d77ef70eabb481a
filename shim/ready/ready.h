/* SPDX-License-Identifier: MIT */
/* ready - the launcher waits until the daemon is what its caller calls
 * started. From outside: the daemon is its child for that long, and finds
 * nothing of ours in itself. */
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
	int line_fd;      /* where the daemon's newline is read; -1 */
	int line_daemons; /* its end, in the launcher until it is started; -1 */
	int line_seen;
	struct follow follow;
	pid_t daemon;          /* what we have started, a child of ours; once ready, who
	                        * is to be called the daemon: it, or what it has left */
	pid_t loggers[2];      /* not to be taken for its children */
	const char *program;   /* what messages call it */
	long long deadline_ms; /* of clock_ms */
	int timeout_ms;        /* what the deadline was made from */
	struct attend attend;

	long long began_ms; /* private: when the wait began, */
	long long said_ms;  /* and since when it is ready but for its rest; 0: it is not */
};

/* 1 and *why (STATUS_SIGNALLED + number, no text) if such a signal has come,
 * else 0. */
int ready_interrupted(const struct ready *r, struct failure *why);

/* Prepares what is waited for, before anything is started: for a daemon that will run as
 * user uid. Returns 0, or -1 with *why. */
int ready_begin(struct ready *r, uid_t uid, struct failure *why);

/* Waits. Returns 0; or -1 with *why described: it ended, it was not ready in
 * time, or (STATUS_SIGNALLED + number, no text) the launcher was interrupted.
 * The daemon may still run then. */
int ready_wait(struct ready *r, struct failure *why);

#endif
