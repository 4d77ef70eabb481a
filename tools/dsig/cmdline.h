/* SPDX-License-Identifier: MIT */
/* cmdline - dsig's command line. */
#ifndef CMDLINE_H
#define CMDLINE_H

#include "command.h"

struct operand {
	const char *text;
	int is_path; /* given with -p: a path even without a slash */
};

/* Const once cmdline_read has returned. */
struct cmdline {
	struct command command;
	struct command_own own;
	struct operand *operands;
	unsigned count;
	int force, follow, kill, dry_run, quiet, json;
	int lines;      /* of a log */
	int timeout_ms; /* -1: not given */
	int wait_ms;    /* -1: not given */
};

/* Reads the command line, and DAEMONIZE_COMMANDS, _REOPEN, _PIDFILE and
 * _NAME of the environment. Returns -1 to go on; or the status to exit with
 * (0 after --help and --version, STATUS_USAGE), and all has been said. */
int cmdline_read(struct cmdline *o, int argc, char **argv);

#endif
