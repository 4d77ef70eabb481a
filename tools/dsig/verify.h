/* SPDX-License-Identifier: MIT */
/* verify - is there a process behind a pid file, and may it be touched? */
#ifndef VERIFY_H
#define VERIFY_H

#include "cmdline.h"
#include "target.h"

/* Looks at t->path and decides. Returns 0, and t->view has the process; or
 * the status to exit with, and has said why. */
int verify_target(const struct cmdline *o, struct target *t);

/* The same for a view that is there already. */
int verify_viewed(const struct cmdline *o, const struct target *t);

/* Says that it is refused, and why; returns the status. */
int verify_refused(const struct target *t, const struct failure *why);

#endif
