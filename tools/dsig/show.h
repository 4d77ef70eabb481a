/* SPDX-License-Identifier: MIT */
/* show - dsig status and list: a table for people, JSON for programs. */
#ifndef SHOW_H
#define SHOW_H

#include "cmdline.h"

/* Shows the operands. Returns the largest of their states' statuses, or
 * STATUS_USAGE for one that is none. */
int show_status(const struct cmdline *o);

/* Shows every pid file of the run directories. Returns 0. */
int show_list(const struct cmdline *o);

#endif
