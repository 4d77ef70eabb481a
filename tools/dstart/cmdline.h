/* SPDX-License-Identifier: MIT */
/* cmdline - the command line of dstart: every row of the library's table is an
 * option, and a few are its own. */
#ifndef CMDLINE_H
#define CMDLINE_H

#include "options/options.h"

struct cmdline {
	int dry_run, print_pid, replace, help, version;
	char **program; /* argv of the program, ends with NULL; program[0] may be NULL */
};

/* Reads the command line: our own options into *own, the others into *o.
 * Options end at "--" or at the first word that is none.
 * Returns 0, or -1 when something was wrong and has been said. */
int cmdline_read(struct cmdline *own, struct options *o, int argc, char **argv);

/* Writes the help to standard output. */
void cmdline_help(void);

/* The long option of a table row ("pidfile-mode"), in a buffer of CMDLINE_LONG
 * bytes; NULL when dstart does not have it. */
#define CMDLINE_LONG OPTIONS_VARIABLE
const char *cmdline_long(const struct setting *row, char *buffer);

#endif
