/* SPDX-License-Identifier: MIT */
/* state - one launch: the program to start, and how far the launcher is. */
#ifndef STATE_H
#define STATE_H

#include "base/clock.h"
#include "daemon/copy.h"
#include "launcher/daemonenv.h"
#include "log/output.h"
#include "options/options.h"
#include "pidfile/claim.h"
#include "pidfile/reserve.h"
#include "ready/ready.h"
#include "spawn/image.h"

/* The program to start as a daemon. */
struct launch_target {
	struct image image;
	const char *program; /* its name in messages */
	const char *library; /* path of this library; NULL: the target cannot be preloaded, so the
	                      * copy carries out the plan before exec */
	int exit_like_env;   /* exec failures have env(1)'s exit statuses */
	pid_t started;       /* set by launch(): the daemon */
	/* Stops the running daemon, once all else is prepared, so that we can
	 * replace it. Returns 0, or -1 with *why. NULL: a running daemon is an
	 * error. */
	int (*make_way)(const struct options *o, struct failure *why);
	struct environ_block memory; /* for arguments and environment; initialized by the caller */
};

/* The launcher's state. */
struct launch {
	const struct options *o;
	struct launch_target *target;
	int began; /* start time, of clock_us */
	struct daemonenv_listen listen;
	struct identity identity;
	struct output out, err;
	int null, in;
	struct claim claim;     /* on the pid file, held until the launcher exits */
	struct reserve reserve; /* while a daemon is replaced: until the new one is ready */
	struct plan *plan;
	char mark[sizeof PLAN_MARK + PLAN_MARK_SIZE]; /* the assignment, NAME=VALUE */
	struct reset_range keep[COPY_KEEP_MAX];       /* storage of copy.fds.keep */
	struct copy copy;
	struct ready ready;
	struct failure why;
};

/* Prints a progress line, if DAEMONIZE_VERBOSE is set. */
#define LAUNCH_STEP(l, ...)                                                                        \
	do {                                                                                       \
		if ((l)->o->verbose)                                                               \
			report_step((clock_us() - (l)->began) & INT_MAX, __VA_ARGS__);             \
	} while (0)

#endif
