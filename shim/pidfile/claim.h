/* SPDX-License-Identifier: MIT */
/* claim - the launcher's hold on a pid file, before there is a daemon.
 *
 * Both locks are taken exclusively; once they are, the record lock becomes a
 * shared one, which the daemon can have as well while every other starter is
 * refused. So from the first to the last moment somebody holds it.
 *
 * The protocol between starters, evictors and strangers is checked in all
 * interleavings by tests/model/pidfile.py, whose steps ("open", "lock", ...) the
 * functions are named after. Change both together. */
#ifndef CLAIM_H
#define CLAIM_H

#include "pidfile/pidfile.h"

/* HAZARD: to close one of the descriptors drops the record lock. */
struct claim {
	const char *path, *base;
	int dir;      /* the file's directory */
	int fd;       /* read and write: has our record lock; -1: no claim */
	int flock_fd; /* read only: has the flock, unless alone or is_taken */
	int lock_fd;  /* read only: for the daemon's record lock */
	struct sys_stat file;
	int created;  /* it was not there before, or has been evicted */
	int written;  /* it names our daemon */
	int alone;    /* the two kinds of lock are one here: there is no flock */
	int is_taken; /* a stranger has the flock: we do without it */
	int reserved; /* the evictor's lock is our own (reserve.h) */
	int hindered; /* the last attempt was, by a stranger's record lock */
};
#define CLAIM_NONE ((struct claim){ .dir = -1, .fd = -1, .flock_fd = -1, .lock_fd = -1 })

/* Claims path, which is created with mode, whatever the umask, if mode is not
 * CLAIM_EXISTING. Waits a bounded time for what passes: readers, daemons about
 * to end, starters that have not written yet. A stale file that only strangers
 * lock is replaced. Returns 0, or -1 with *why described: STATUS_TEMPFAIL
 * ("already running as pid ...") if a daemon runs, else STATUS_CANTCREAT (error
 * ENOENT: there is no file). */
#define CLAIM_EXISTING ((mode_t)-1)
int claim_take(struct claim *c, const char *path, mode_t mode, struct failure *why);

/* The same for who has the reservation, which keeps all others away. */
int claim_take_reserved(struct claim *c, const char *path, mode_t mode, struct failure *why);

/* Writes pid, never torn, and the stamp. 0, or -1 with *why described. */
int claim_write(struct claim *c, pid_t pid, struct failure *why);

/* Does the path still mean the file, and hold what was written for pid? */
int claim_stands(const struct claim *c, pid_t pid);

/* What the daemon is to have: to be handed over, not closed. */
struct pidfile claim_for_daemon(const struct claim *c);

/* Removes the file, if path still means it. No other daemon can have it, for
 * the claim is ours. 0, or -errno. */
int claim_remove(struct claim *c);

/* Lets go of everything. */
void claim_end(struct claim *c);

#endif
