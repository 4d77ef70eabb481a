/* SPDX-License-Identifier: MIT */
/* getopts - parses the options of both tools: getopt_long(3) driven by a table,
 * with its own error messages. */
#ifndef GETOPTS_H
#define GETOPTS_H

#include <stddef.h>

struct getopts_row {
	char letter;         /* 0: long name only */
	const char *name;    /* NULL: letter only */
	const char *operand; /* its value's name in help; NULL: no value; empty: optional value,
	                      * after = */
	const char *help;    /* one line */
	size_t flag;         /* without operand: offset of an int that is set to 1 */
};

#define GETOPTS_MAX 64
struct getopts {
	const struct getopts_row *rows;
	unsigned count;   /* GETOPTS_MAX at most */
	const char *mode; /* "+": options end at the first operand; "": they may follow operands */
	const char *tool; /* name of the tool, for messages */
};

/* An option found on the command line. */
struct getopts_given {
	unsigned row;
	char as[48]; /* how it was typed: "-t", or "--timeout" */
	const char *value;
};

/* Reads the next option into *out. Returns 1; 0 after the last one, with optind at
 * the first operand; or -1 after reporting a mistake. */
int getopts_next(const struct getopts *g, int argc, char **argv, struct getopts_given *out);

#endif
