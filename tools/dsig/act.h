/* SPDX-License-Identifier: MIT */
/* act - the commands of dsig that are about one daemon's process.
 *
 * Each looks at t->path, verifies, does it, says on standard error what went
 * wrong, and returns the exit status. The view is left for target_close. */
#ifndef ACT_H
#define ACT_H

#include "cmdline.h"
#include "target.h"

int act_signal(const struct cmdline *o, const struct command *c, struct target *t);
int act_wait(const struct cmdline *o, const struct command *c, struct target *t);
int act_pid(const struct cmdline *o, const struct command *c, struct target *t);

/* Sends to the process in t->view. STATUS_OK; STATUS_STALE when it has ended,
 * which is not said; or has said why not. */
int act_send(const struct target *t, int signal);

/* Waits for its end, ms milliseconds at most, for ever if that is negative.
 * STATUS_OK, or STATUS_TEMPFAIL and has said that it is still there. */
int act_await_end(const struct target *t, int ms);

#endif
