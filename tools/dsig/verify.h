/* SPDX-License-Identifier: MIT */
/* verify - is there a process behind a pid file, and may dsig act on it? */
#ifndef VERIFY_H
#define VERIFY_H

#include "cmdline.h"
#include "target.h"

/* Inspects t->path. Returns 0 with the process in t->view, or the exit status after
 * reporting why not. */
int verify_target(const struct cmdline *o, struct target *t);

/* The same for a t->view that is already filled in. */
int verify_viewed(const struct cmdline *o, const struct target *t);

/* Reports the refusal *why. Returns its status. */
int verify_refused(const struct target *t, const struct failure *why);

#endif
