/* SPDX-License-Identifier: MIT */
/* reopen - after a signal to reopen the logs: who writes to the old one? */
#ifndef REOPEN_H
#define REOPEN_H

#include "session.h"
#include "target.h"

struct reopen {
	struct session session;
	char path[2][PATH_MAX]; /* of descriptors 1 and 2, as they were; empty: no file */
	struct sys_stat file[2];
	int is_old[2]; /* the file has another name by now, or none */
};

/* Before the signal: what the daemon writes to. */
void reopen_begin(struct reopen *r, const struct target *t);

/* After it: waits a moment for the change, where one is due. STATUS_OK; or
 * STATUS_TEMPFAIL, and has said which process of the daemon's session still
 * writes to which file. */
int reopen_check(struct reopen *r, const struct target *t);

#endif
