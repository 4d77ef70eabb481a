/* SPDX-License-Identifier: MIT */
/* log - shows a daemon's log, the file that its standard output goes to. */
#ifndef LOG_H
#define LOG_H

#include "cmdline.h"
#include "target.h"

/* Shows the last lines and, with --follow, what is appended until the daemon ends,
 * across rotation and truncation. Returns the exit status, after reporting a
 * failure: STATUS_UNKNOWN if the output does not go to a file. */
int log_show(const struct cmdline *o, const struct command *c, struct target *t);

#endif
