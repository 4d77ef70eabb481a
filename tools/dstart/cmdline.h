/* SPDX-License-Identifier: MIT */
/* cmdline - dstart's command line: every row of the library's table is an option,
 * and a few are its own. */
#ifndef CMDLINE_H
#define CMDLINE_H

#include "options/options.h"

struct cmdline {
	int dry_run, print_pid, replace, help, version;
	char **program; /* the program's argv, ends with NULL; program[0] may be NULL */
};

/* Reads the command line: dstart's own options into *own, the others into *o.
 * Options end at "--" or at the first operand. Returns 0, or -1 after reporting all
 * mistakes. */
int cmdline_read(struct cmdline *own, struct options *o, int argc, char **argv);

/* Writes the help to standard output. */
void cmdline_help(void);

/* Writes the long option of a table row ("pidfile-mode") to buffer, CMDLINE_LONG
 * bytes. Returns buffer, or NULL if dstart does not have the option. */
#define CMDLINE_LONG OPTIONS_VARIABLE
const char *cmdline_long(const struct setting *row, char *buffer);

#endif
