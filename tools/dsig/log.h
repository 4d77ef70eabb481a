/* SPDX-License-Identifier: MIT */
/* log - a daemon's log, found where its standard output goes. */
#ifndef LOG_H
#define LOG_H

#include "cmdline.h"
#include "target.h"

/* Shows the last lines and, if asked to, what is added, through rotation and
 * truncation, until the daemon ends. Returns the exit status and has said
 * why; STATUS_UNKNOWN when its output goes to no file. */
int log_show(const struct cmdline *o, const struct command *c, struct target *t);

#endif
