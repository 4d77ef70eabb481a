/* SPDX-License-Identifier: MIT */
/* show - dsig status and list: a table for people, JSON for programs. */
#ifndef SHOW_H
#define SHOW_H

#include "cmdline.h"

/* Shows the operands. Returns the largest status of their states, or STATUS_USAGE
 * for one that is not valid. */
int show_status(const struct cmdline *o);

/* Shows all pid files in the run directories. Returns 0. */
int show_list(const struct cmdline *o);

#endif
