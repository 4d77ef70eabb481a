/* SPDX-License-Identifier: MIT */
/* cmdline - dsig's command line. */
#ifndef CMDLINE_H
#define CMDLINE_H

#include "command.h"

#define COMMANDS_MAX 16

struct operand {
	const char *text;
	int is_path; /* given with -p: a path even without a slash */
};

/* Const once cmdline_read has returned. */
struct cmdline {
	struct command command[COMMANDS_MAX]; /* more than one, in the order given: each acts */
	unsigned commands;
	struct command_own own;
	struct operand *operands;
	unsigned count;
	const char *directory; /* of NAMEs; NULL: the usual ones */
	int keep_pidfile;      /* of dstart --replace, which takes it over */
	int f, force, follow, kill, all, dry_run, quiet, json, up, help, version;
	int lines;          /* of a log */
	int timeout_ms;     /* -1: not given */
	int wait_ms;        /* -1: not given */
	long long began_ms; /* of clock_ms */
};

/* Reads the command line, and DAEMONIZE_COMMANDS, _STOP, _REOPEN, _PIDFILE
 * and _NAME of the environment. Returns -1 to go on; or the status to exit
 * with (0 after --help and --version, STATUS_USAGE), and all has been said. */
int cmdline_read(struct cmdline *o, int argc, char **argv);

#endif
