/* SPDX-License-Identifier: MIT */
/* option - dsig's options: one table, used by the parser, the help and the
 * completions. */
#ifndef OPTION_H
#define OPTION_H

#include "getopts.h"

enum option_id {
	OPTION_ALL,
	OPTION_COMMAND,
	OPTION_DIRECTORY,
	OPTION_F, /* -f: --force or, for the command log, --follow */
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

/* Options as bits of a set. */
#define OPTION_BIT(id) (1u << (id))

/* The options that every command accepts. */
#define OPTION_COMMON                                                                              \
	(OPTION_BIT(OPTION_COMMAND) | OPTION_BIT(OPTION_DIRECTORY) | OPTION_BIT(OPTION_PIDFILE) |  \
	 OPTION_BIT(OPTION_QUIET))

extern const struct getopts_row option_table[OPTIONS];

#endif
