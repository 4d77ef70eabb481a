/* SPDX-License-Identifier: MIT */
/* stop - ends a daemon by its schedule, and then what remains of its session. */
#ifndef STOP_H
#define STOP_H

#include "cmdline.h"
#include "target.h"

/* The command stop. Returns the exit status: STATUS_TEMPFAIL also if only processes
 * of the session remain, STATUS_STALE for a stale file, which it removes. */
int stop(const struct cmdline *o, const struct command *c, struct target *t);

/* Removes the pid file of a process that has ended without removing it. Reports a
 * failure. */
void stop_discard(const struct target *t);

#endif
