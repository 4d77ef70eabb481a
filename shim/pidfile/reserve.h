/* SPDX-License-Identifier: MIT */
/* reserve - the right to be the next one that claims a pid file, while its
 * daemon still runs.
 *
 * To every other starter we are an evictor at work (claim.h): from the end of
 * the daemon to our claim they wait, and then find that ours runs. */
#ifndef RESERVE_H
#define RESERVE_H

#include "pidfile/pidfile.h"

struct reserve {
	int dir, fd;
	char name[NAME_MAX + 1]; /* the evictors' private name */
	struct sys_stat file;
};
#define RESERVE_NONE ((struct reserve){ .dir = -1, .fd = -1 })

/* Waits wait_ms at most for another one's reservation. Returns 0, or -1 with
 * *why described: STATUS_TEMPFAIL after that time, else STATUS_CANTCREAT. */
int reserve_take(struct reserve *r, const char *path, int wait_ms, struct failure *why);

/* Gives it up, if there is one; once the claim is ours, or after a failure. */
void reserve_end(struct reserve *r);

#endif
