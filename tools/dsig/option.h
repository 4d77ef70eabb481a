/* SPDX-License-Identifier: MIT */
/* option - dsig's options: one table, of which the parser, the help and the
 * completions are made. */
#ifndef OPTION_H
#define OPTION_H

#include <stddef.h>

enum option_id {
	OPTION_ALL,
	OPTION_COMMAND,
	OPTION_DIRECTORY,
	OPTION_F, /* -f: --force, or of the command log --follow */
	OPTION_FORCE,
	OPTION_FOLLOW,
	OPTION_JSON,
	OPTION_KILL,
	OPTION_LINES,
	OPTION_DRY_RUN,
	OPTION_PIDFILE,
	OPTION_QUIET,
	OPTION_TIMEOUT,
	OPTION_UP,
	OPTION_WAIT,
	OPTION_HELP,
	OPTION_VERSION,
	OPTIONS,
};

/* A set of options. */
#define OPTION_BIT(id) (1u << (id))

/* What every command takes. */
#define OPTION_COMMON                                                                              \
	(OPTION_BIT(OPTION_COMMAND) | OPTION_BIT(OPTION_DIRECTORY) | OPTION_BIT(OPTION_PIDFILE) |  \
	 OPTION_BIT(OPTION_QUIET))

struct option_row {
	char letter;      /* 0: it has a long name only */
	const char *name; /* NULL: it has a letter only */
	const char *operand;
	const char *help; /* a line */
	size_t flag;      /* without operand: the int in struct cmdline that becomes 1 */
};

extern const struct option_row option_table[OPTIONS];

/* An option on the command line. */
struct option_given {
	enum option_id id;
	char as[32]; /* how it was typed: "-t" or "--timeout" */
	const char *value;
};

/* The next option, as getopt_long(3) goes through them: 1; 0 after the last,
 * and optind is where the operands begin; -1 has said what is wrong. */
int option_next(int argc, char **argv, struct option_given *out);

#endif
