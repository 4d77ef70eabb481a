/* SPDX-License-Identifier: MIT */
/* stop - ends a daemon by its schedule, and sees what is left of it. */
#ifndef STOP_H
#define STOP_H

#include "cmdline.h"
#include "target.h"

/* The command. Its status is STATUS_TEMPFAIL also when only its session goes
 * on, and 1 for a stale file, which it removes. */
int stop(const struct cmdline *o, const struct command *c, struct target *t);

/* Its process is gone, and did not or could not remove the file: does that. */
void stop_discard(const struct target *t);

#endif
