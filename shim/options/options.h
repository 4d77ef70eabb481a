/* SPDX-License-Identifier: MIT */
/* options - the DAEMONIZE_* variables: one table, which the parser, dstart's
 * command line and help, the completions and the checks of the documents
 * all read. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/environ.h"
#include "options/schedule.h"
#include "options/values.h"

#include <stddef.h>

/* What the user asked for. Const once options_finish has returned 0; what
 * happens at run time is kept elsewhere. An empty text means not asked for.
 * The texts are those of the environment and the command line, not copies. */
#define OPTIONS_MAX 40
struct options {
	int on; /* never read: that DAEMONIZE is set is enough */
	const char *name;
	const char *pidfile;
	int pidfile_mode;
	struct destination logfile; /* stdout's and stderr's, where these have none of their own */
	struct destination out;
	struct destination err;
	struct destination in;
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
	struct forks_want forks;
	int timeout_ms;
	int linebuf;
	int reopen; /* signal, 0: none */
	int verbose;
	int foreground;       /* no daemon: in the caller's process */
	struct schedule stop; /* dsig's; here for dstart --replace, too */
	const char *commands; /* dsig's */
	const char
		*given[OPTIONS_MAX]; /* the value of each row, as it was given; NULL: it was not */
};

/* One row of the table. NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): to be read */
struct setting {
	const char *name;    /* what follows DAEMONIZE_, empty for DAEMONIZE itself */
	char letter;         /* dstart's short option, 0: none */
	const char *operand; /* what the value is called in help, NULL for a flag */
	const char *allowed; /* what a value may be, for messages */
	const char *help;    /* a line */
	int (*parse)(const char *value, void *field);
	size_t field; /* offset in struct options */
	int is_dsigs; /* a variable for dsig: alone, it asks for no daemon */
};

extern const struct setting options_table[];
extern const unsigned options_count;

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

/* The variable of a row, "DAEMONIZE_PIDFILE", in buf of OPTIONS_VARIABLE bytes. */
#define OPTIONS_VARIABLE 32
const char *options_variable(const struct setting *row, char *buf);

/* Gives the option of a row a value, which is kept, not copied, where the
 * option is a string. Returns 0, or -1 and says on standard error what is
 * allowed, of the option as it was named. */
int options_assign(struct options *o, const struct setting *row, const char *as, const char *value);

/* Takes one of our variables. Returns 0, or -1 and says on standard error
 * what is wrong with it. */
int options_set(struct options *o, const char *assignment);

/* Takes all of ours in envp; returns how many were wrong. */
int options_read(struct options *o, char *const *envp);

/* Fills in what depends on other options, makes every path absolute in the
 * current directory, refuses what cannot be combined. New texts are put into
 * memory; envp: for HOME and the XDG directories. Returns 0, or -1 and has
 * said why. */
int options_finish(struct options *o, struct environ_block *memory, char *const *envp);

#endif
