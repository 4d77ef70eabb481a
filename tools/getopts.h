/* SPDX-License-Identifier: MIT */
/* getopts - the options of both tools: getopt_long(3) from a table, and what is
 * said about options that are none. */
#ifndef GETOPTS_H
#define GETOPTS_H

#include <stddef.h>

struct getopts_row {
	char letter;         /* 0: it has a long name only */
	const char *name;    /* NULL: it has a letter only */
	const char *operand; /* what its value is called in help; NULL: it has none; empty:
	                      * it may have one, behind a = */
	const char *help;    /* a line */
	size_t flag;         /* without operand: the int in the tool's struct that becomes 1 */
};

#define GETOPTS_MAX 64
struct getopts {
	const struct getopts_row *rows;
	unsigned count;   /* GETOPTS_MAX at most */
	const char *mode; /* "+": options end at the first word that is none; "": they do not */
	const char *tool; /* whose --help to look at */
};

/* An option on the command line. */
struct getopts_given {
	unsigned row;
	char as[48]; /* how it was typed: "-t", or "--timeout" */
	const char *value;
};

/* The next option: 1; 0 after the last, and optind is where the operands begin;
 * -1: a mistake, which has been said. */
int getopts_next(const struct getopts *g, int argc, char **argv, struct getopts_given *out);

#endif
