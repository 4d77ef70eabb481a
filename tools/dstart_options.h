/* SPDX-License-Identifier: MIT */
/* dstart_options - the command line of dstart: every row of the shim's
 * option table is an option, and a few are its own. */
#ifndef DSTART_OPTIONS_H
#define DSTART_OPTIONS_H

#include "options.h"

struct dstart_options {
	int help, version, dry_run;
	char **program; /* argv of the program, ends with NULL; program[0] may be NULL */
};

/* Reads the command line: our own options into *own, the others into *o.
 * Options end at "--" or at the first word that is none.
 * Returns 0, or -1 when something was wrong and has been said. */
int dstart_options_read(struct dstart_options *own, struct options *o, char **argv);

/* Writes the help to standard output. */
void dstart_options_help(void);

/* The long option of a table row ("pidfile-mode"), in a buffer of
 * DSTART_LONG bytes; NULL when dstart does not have it. */
#define DSTART_LONG 32
const char *dstart_options_long(const struct option *option, char *buffer);

#endif
