/* SPDX-License-Identifier: MIT */
/* claim - the launcher's hold on a pid file, before there is a daemon.
 *
 * Both locks are taken exclusively. Then the record lock is converted to a shared
 * one, so that the daemon can take it as well, while every other starter is still
 * refused. So the file is locked without a gap until the daemon ends.
 *
 * tests/model/pidfile.py checks the protocol between starters, evictors and
 * strangers in all interleavings; functions are named after its steps ("open",
 * "lock", ...). Change both together. */
#ifndef CLAIM_H
#define CLAIM_H

#include "pidfile/pidfile.h"

/* HAZARD: closing any descriptor of the file drops the record lock. */
struct claim {
	const char *path, *base;
	int dir;      /* the file's directory */
	int fd;       /* read-write; holds our record lock; -1: no claim */
	int flock_fd; /* read-only; holds the flock, unless alone or is_taken */
	int lock_fd;  /* read-only; for the daemon's record lock */
	struct sys_stat file;
	int created;  /* the file is new, or we have evicted the old one */
	int written;  /* it names our daemon */
	int alone;    /* the record lock alone is used: flock conflicts with it, or fails */
	int is_taken; /* a stranger holds the flock: we do without it */
	int reserved; /* we hold the evictor's lock (reserve.h) */
	int hindered; /* number of attempts that a stranger's record lock hindered */
};
#define CLAIM_NONE ((struct claim){ .dir = -1, .fd = -1, .flock_fd = -1, .lock_fd = -1 })

/* Claims path, which is not copied. Unless mode is CLAIM_EXISTING, a missing file
 * is created with mode, whatever the umask. Waits up to a second for obstacles that
 * pass: readers, daemons about to end, starters that have not written yet. A stale
 * file that only strangers (locks.h) lock is replaced. Returns 0, or -1 with *why
 * described and nothing open: STATUS_TEMPFAIL ("already running as pid ...") if a
 * daemon runs, else STATUS_CANTCREAT (error ENOENT: no such file). */
#define CLAIM_EXISTING ((mode_t)-1)
int claim_take(struct claim *c, const char *path, mode_t mode, struct failure *why);

/* The same for the holder of the reservation, for whom all others wait. */
int claim_take_reserved(struct claim *c, const char *path, mode_t mode, struct failure *why);

/* Writes pid, of which readers see nothing or all, and the stamp. Returns 0, or -1
 * with *why described. */
int claim_write(struct claim *c, pid_t pid, struct failure *why);

/* Does the path still name the file, and does it hold what was written for pid? */
int claim_stands(const struct claim *c, pid_t pid);

/* Returns what the daemon gets. The descriptors are the claim's: pass them on, do
 * not close them. */
struct pidfile claim_for_daemon(const struct claim *c);

/* Removes the file if the path still names it. No other daemon can be using it,
 * because the claim is ours. Returns 0, or -errno (-ENOENT: the path names another
 * file, or none). */
int claim_remove(struct claim *c);

/* Closes all descriptors, which drops our record lock. */
void claim_end(struct claim *c);

#endif
