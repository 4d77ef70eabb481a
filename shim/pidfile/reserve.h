/* SPDX-License-Identifier: MIT */
/* reserve - the right to be the next to claim a pid file.
 *
 * It is a write lock on a file beside the pid file, which no other user may open.
 * An evictor holds it for a moment; a start that replaces a daemon, from before
 * that daemon's end until the new one is ready. All other starters wait for it. */
#ifndef RESERVE_H
#define RESERVE_H

#include "pidfile/pidfile.h"

struct reserve {
	int dir, fd;
	char name[NAME_MAX + 1];
};
#define RESERVE_NONE ((struct reserve){ .dir = -1, .fd = -1 })

/* Reserves base in the directory dir, without waiting. Returns 0, or -errno
 * (-EAGAIN: another process has the reservation). */
int reserve_try(struct reserve *r, int dir, const char *base);

/* Gives the reservation up. dir stays open. */
void reserve_drop(struct reserve *r);

/* The same for a path, waiting up to wait_ms for another's reservation. Returns 0,
 * or -1 with *why described: STATUS_CANTCREAT. */
int reserve_take(struct reserve *r, const char *path, int wait_ms, struct failure *why);

/* Gives the reservation up, if there is one, and closes its directory. */
void reserve_end(struct reserve *r);

#endif
