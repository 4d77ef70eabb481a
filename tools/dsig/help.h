/* SPDX-License-Identifier: MIT */
/* help - what dsig --help says, from the tables of commands and options. */
#ifndef HELP_H
#define HELP_H

#include "command.h"

/* Print, and return 0. */
int help_print(const struct command_own *own);
int help_version(void);

#endif
