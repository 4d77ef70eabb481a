/* SPDX-License-Identifier: MIT */
/* options - the DAEMONIZE_* variables: one table, which the parser, dstart's
 * command line and help, the completions and the checks of the documents
 * all read. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "options/values.h"

#include <limits.h>
#include <stddef.h>

/* What the user asked for. Const once options_finish has returned 0; what
 * happens at run time is kept elsewhere. An empty text means not asked for.
 * The texts are those of the environment and the command line: ten copies
 * would be ten pages. */
#define OPTIONS_MADE 7 /* paths: each one below, and the common log file */
struct options {
	int on;
	const char *name;
	const char *pidfile;
	int pidfile_mode;
	struct destination logfile; /* stdout's and stderr's, where these have none of their own */
	struct destination out;
	struct destination err;
	int own_log; /* the place of the log was not asked for, but follows from the name */
	int logfile_mode;
	const char *workdir;
	const char *chroot;
	int umask; /* -1: unchanged */
	const char *user;
	const char *groups; /* NULL: the user's own */
	int clearenv;
	const char *envfile;
	const char *argv0;
	struct keep_fds keep;
	struct ready_want ready;
	int timeout_ms;
	int linebuf;
	int reopen; /* signal, 0: none */
	int verbose;
	const char *commands; /* dsig's */
	unsigned made_count;
	char made[OPTIONS_MADE][PATH_MAX]; /* paths that are nobody else's; not touched before */
};

/* One row of the table. */
struct setting {
	const char *name;    /* what follows DAEMONIZE_, empty for DAEMONIZE itself */
	char letter;         /* dstart's short option, 0: none */
	const char *operand; /* what the value is called in help, NULL for a flag */
	const char *allowed; /* what a value may be, for messages */
	const char *help;    /* a line */
	int (*parse)(const char *value, void *field);
	size_t field; /* offset in struct options */
};

extern const struct setting options_table[];
extern const unsigned options_count;

/* The row of a variable ("DAEMONIZE_PIDFILE", of length len), or NULL. */
const struct setting *options_find(const char *variable, size_t len);

/* Is there DAEMONIZE=0, or else a variable of ours that asks for something?
 * Make no system call. */
int options_off(char *const *envp);
int options_wanted(char *const *envp);

/* Is this "NAME=VALUE" one of our variables? */
int options_ours(const char *assignment);

/* Says that value, shown as far as it can be, is not what variable allows.
 * Returns -1. */
int options_refuse(const char *variable, const char *value, const char *allowed);

void options_begin(struct options *o);

/* Gives the option of a row a value, which is kept, not copied, where the
 * option is a string. Returns 0, or -1 and says on standard error what is
 * allowed. */
int options_assign(struct options *o, const struct setting *option, const char *value);

/* Takes one of our variables. Returns 0, or -1 and says on standard error
 * what is wrong with it. */
int options_set(struct options *o, const char *assignment);

/* Takes all of ours in envp; returns how many were wrong. */
int options_read(struct options *o, char *const *envp);

/* Fills in what depends on other options, makes paths absolute in the
 * current directory, refuses what cannot be combined. envp: for HOME and the
 * XDG directories. Returns 0, or -1 and has said why. */
int options_finish(struct options *o, char *const *envp);

#endif
