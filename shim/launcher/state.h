/* SPDX-License-Identifier: MIT */
/* state - one launch: what is to become the daemon, and how far we are. */
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

/* What is to become the daemon. */
struct launch_target {
	struct image image;
	const char *program; /* what messages call it */
	const char *library; /* this library's file; NULL: the target cannot be preloaded, so
	                      * everything is done before it is executed */
	int exit_like_env;   /* exec errors have env(1)'s statuses */
	pid_t started;       /* by launch: the daemon */
	/* ends the daemon that runs, for us to take its place, when all else is
	 * prepared: 0, or -1 with *why; NULL: then we do not start */
	int (*make_way)(const struct options *o, struct failure *why);
	struct environ_block memory; /* begun: for its arguments, and its environment */
};

/* Run-time state of one launch. */
struct launch {
	const struct options *o;
	struct launch_target *target;
	int began; /* clock_us */
	struct daemonenv_listen listen;
	struct identity identity;
	struct output out, err;
	int null, in;
	struct claim claim;     /* on the pid file, until we leave */
	struct reserve reserve; /* of a start that replaces: until it is ready, or has failed */
	struct plan *plan;
	char mark[sizeof PLAN_MARK + PLAN_MARK_SIZE]; /* the assignment */
	struct reset_range keep[COPY_KEEP_MAX];       /* copy.fds.keep */
	struct copy copy;
	struct ready ready;
	struct failure why;
};

/* A line for a verbose user. */
#define LAUNCH_STEP(l, ...)                                                                        \
	do {                                                                                       \
		if ((l)->o->verbose)                                                               \
			report_step((clock_us() - (l)->began) & INT_MAX, __VA_ARGS__);             \
	} while (0)

#endif
