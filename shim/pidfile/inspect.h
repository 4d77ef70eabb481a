/* SPDX-License-Identifier: MIT */
/* inspect - what a reader can say of a pid file. Never writes, never unlinks. */
#ifndef INSPECT_H
#define INSPECT_H

#include "pidfile/evidence.h"

enum pidfile_state {
	PIDFILE_RUNNING,  /* the kernel or the stamp ties the pid to the file */
	PIDFILE_STARTING, /* locked, no pid in it yet */
	PIDFILE_UNLOCKED, /* no lock, no stamp, but the pid lives and is older than the file */
	PIDFILE_STALE,    /* the daemon is gone, the file is not */
	PIDFILE_STOPPED,  /* no file */
	PIDFILE_UNKNOWN,  /* unreadable, malformed, contradictory */
};

/* "running", "starting", ...: the same word in every tool. */
const char *pidfile_state_name(enum pidfile_state state);

struct pidfile_view {
	enum pidfile_state state;
	enum evidence_kind evidence;
	pid_t pid;            /* what the file says, 0: nothing usable */
	int pidfd;            /* the very process that was verified; -1: none, or no pidfds here.
	                       * Belongs to the caller. */
	struct sys_stat file; /* owner, mode and time of the file */
	char why[160];        /* for UNKNOWN and STALE: the reason, for people */
};

/* Looks at path, as often as it takes to see one consistent state (a start
 * in progress is given 100 ms to write its pid).
 * Order matters: first the pidfd, then the checks; so what they confirm is
 * the process that the descriptor stands for, however pids are reused. */
void pidfile_inspect(const char *path, struct pidfile_view *view);

#endif
