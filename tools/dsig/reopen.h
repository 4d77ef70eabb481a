/* SPDX-License-Identifier: MIT */
/* reopen - after a signal to reopen the logs: which processes still write to the
 * old ones? */
#ifndef REOPEN_H
#define REOPEN_H

#include "session.h"
#include "target.h"

struct reopen {
	struct session session;
	char path[2][PATH_MAX]; /* of descriptors 1 and 2 before the signal; empty: no file */
	struct sys_stat file[2];
	int is_old[2]; /* the file has been renamed, removed or replaced */
};

/* Before the signal: notes which files the daemon writes to. */
void reopen_begin(struct reopen *r, const struct target *t);

/* After the signal: waits a moment for the change, if one is due. Returns
 * STATUS_OK, or STATUS_TEMPFAIL after reporting which processes of the daemon's
 * session still write to which file. */
int reopen_check(struct reopen *r, const struct target *t);

#endif
