/* SPDX-License-Identifier: MIT */
/* inspect - determines the state of a pid file. Never writes or unlinks it. */
#ifndef INSPECT_H
#define INSPECT_H

#include "pidfile/evidence.h"

enum pidfile_state {
	PIDFILE_RUNNING,  /* a lock or the stamp proves that the pid is the daemon */
	PIDFILE_STARTING, /* locked, no pid in it yet */
	PIDFILE_UNLOCKED, /* no lock, no stamp, but the process lives and is older than the file */
	PIDFILE_STALE,    /* the file exists, its daemon does not */
	PIDFILE_STOPPED,  /* no file */
	PIDFILE_UNKNOWN,  /* unreadable, malformed, contradictory */
};

/* Returns "running", "starting", ...: the words that every tool prints. */
const char *pidfile_state_name(enum pidfile_state state);

struct pidfile_view {
	enum pidfile_state state;
	enum evidence_kind evidence;
	pid_t pid;            /* from the file; 0: none */
	uint64_t start_ticks; /* of that process, as in process_stat; 0: unknown */
	int pidfd;            /* refers to the process that was judged; -1: none, or not supported.
	                       * The caller must close it. */
	struct sys_stat file; /* status of the file */
	char why[160];        /* UNKNOWN and STALE: the reason, for messages */
};

/* Inspects path, again for up to 100 ms while what it sees is inconsistent or a
 * start has yet to write its pid. The pidfd is opened before the checks, so their
 * results are about the process that it refers to, even if pids are reused. */
void pidfile_inspect(const char *path, struct pidfile_view *view);

#endif
