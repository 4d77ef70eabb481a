/* SPDX-License-Identifier: MIT */
/* act - the commands of dsig that are about one daemon's process.
 *
 * Each looks at t->path, verifies, does it, says on standard error what went
 * wrong, and returns the exit status. The view is left for target_close. */
#ifndef ACT_H
#define ACT_H

#include "cmdline.h"
#include "target.h"

int act_signal(const struct cmdline *o, struct target *t);
int act_stop(const struct cmdline *o, struct target *t);
int act_wait(const struct cmdline *o, struct target *t);
int act_pid(const struct cmdline *o, struct target *t);

#endif
