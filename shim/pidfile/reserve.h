/* SPDX-License-Identifier: MIT */
/* reserve - the right to be the next one that claims a pid file.
 *
 * It is a write lock on a name beside the pid file, which nobody else may open.
 * An evictor has it for a moment; and who replaces a daemon from before its end
 * to the claim. All other starters wait for it. */
#ifndef RESERVE_H
#define RESERVE_H

#include "pidfile/pidfile.h"

struct reserve {
	int dir, fd;
	char name[NAME_MAX + 1];
};
#define RESERVE_NONE ((struct reserve){ .dir = -1, .fd = -1 })

/* Takes it in the directory dir for base, or returns -errno (-EAGAIN: it is
 * another's). */
int reserve_try(struct reserve *r, int dir, const char *base);

/* Gives it up. dir stays open. */
void reserve_drop(struct reserve *r);

/* The same for a path. Waits wait_ms at most for another one's reservation.
 * Returns 0, or -1 with *why described: STATUS_TEMPFAIL after that time, else
 * STATUS_CANTCREAT. */
int reserve_take(struct reserve *r, const char *path, int wait_ms, struct failure *why);

/* Gives it up, if there is one: once the claim is ours, or after a failure. */
void reserve_end(struct reserve *r);

#endif
