/* SPDX-License-Identifier: MIT */
/* act - dsig's commands that act on the process of one daemon.
 *
 * Each inspects t->path, verifies the process, acts on it, reports failures on
 * standard error and returns the exit status. The caller then calls target_close. */
#ifndef ACT_H
#define ACT_H

#include "cmdline.h"
#include "target.h"

int act_signal(const struct cmdline *o, const struct command *c, struct target *t);
int act_wait(const struct cmdline *o, const struct command *c, struct target *t);
int act_pid(const struct cmdline *o, const struct command *c, struct target *t);

/* Sends signal to the process in t->view. Returns STATUS_OK; STATUS_STALE, without
 * a message, if it has ended; or STATUS_NOPERM after reporting the error. */
int act_send(const struct target *t, int signal);

/* Waits until the process in t->view has ended, ms milliseconds at most; forever if
 * negative. Returns STATUS_OK, or STATUS_TEMPFAIL after reporting that it is still
 * there. */
int act_await_end(const struct target *t, int ms);

#endif
