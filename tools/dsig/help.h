/* SPDX-License-Identifier: MIT */
/* help - prints dsig --help, from the tables of commands and options. */
#ifndef HELP_H
#define HELP_H

#include "command.h"

/* Print help or version to standard output. Return 0. */
int help_print(const struct command_own *own);
int help_version(void);

#endif
