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

/* Constant after cmdline_read. */
struct cmdline {
	struct command command[COMMANDS_MAX]; /* in the order given; if several, all have `act` */
	unsigned commands;
	struct command_own own;
	struct operand *operands;
	unsigned count;
	const char *directory; /* of NAMEs; NULL: the default ones */
	int keep_pidfile;      /* set by dstart --replace, which reuses the file */
	int f, force, follow, kill, all, dry_run, quiet, json, up, help, version;
	int lines;          /* of a log to show */
	int timeout_ms;     /* -1: not given */
	int wait_ms;        /* -1: not given */
	long long began_ms; /* of clock_ms */
};

/* Reads the command line, and DAEMONIZE_COMMANDS, _STOP, _REOPEN, _PIDFILE and
 * _NAME from the environment. Returns -1 to go on, or the exit status: 0 after
 * --help or --version, or STATUS_USAGE after reporting a mistake. The caller frees
 * o->operands in any case. */
int cmdline_read(struct cmdline *o, int argc, char **argv);

#endif
