/* SPDX-License-Identifier: MIT */
/* options - the DAEMONIZE_* variables: one table, which the parser, dstart's
 * command line and help, the completions and the tests of the documentation read. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/environ.h"
#include "options/schedule.h"
#include "options/values.h"

#include <stddef.h>

/* What the user asked for. Constant once options_finish has returned 0; run-time
 * state is kept elsewhere. A string that was not set is "" or NULL; the others
 * point into the environment, the command line or the memory of options_finish. */
#define OPTIONS_MAX 40
struct options {
	int on; /* never read: it is enough that DAEMONIZE is set, and not 0 */
	const char *name;
	const char *pidfile;
	int pidfile_mode;
	struct destination logfile; /* for stdout and stderr, unless these have their own */
	struct destination out;
	struct destination err;
	struct destination in;
	int own_log; /* the path of the log was not given, but derived from the name */
	int logfile_mode;
	const char *workdir;
	const char *chroot;
	int umask; /* -1: unchanged */
	const char *user;
	const char *groups; /* NULL: the user's own, "": none */
	int clearenv;
	const char *envfile;
	const char *argv0;
	struct keep_fds keep;
	struct ready_want ready;
	struct forks_want forks;
	int timeout_ms;
	int linebuf;
	int reopen; /* signal; 0: none */
	int verbose;
	int foreground;                 /* run in the caller's process, not as a daemon */
	struct schedule stop;           /* for dsig, and for dstart --replace */
	const char *commands;           /* for dsig */
	const char *given[OPTIONS_MAX]; /* the value given for each row, or NULL */
};

/* One row of the table. NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): readable */
struct setting {
	const char *name;    /* what follows DAEMONIZE_; "" for DAEMONIZE itself */
	char letter;         /* dstart's short option; 0: none */
	const char *operand; /* name of the value in help; NULL: a flag */
	const char *allowed; /* which values are valid, for messages */
	const char *help;    /* one line */
	int (*parse)(const char *value, void *field);
	size_t field; /* offset in struct options */
	int is_dsigs; /* a variable for dsig: alone, it starts no daemon */
};

extern const struct setting options_table[];
extern const unsigned options_count;

/* Is DAEMONIZE=0 set? Makes no system call. */
int options_off(char *const *envp);

/* Is DAEMONIZE or any DAEMONIZE_* variable set, known or not, except those for
 * dsig? Makes no system call. */
int options_wanted(char *const *envp);

/* Does this "NAME=VALUE" set DAEMONIZE or a DAEMONIZE_* variable? */
int options_ours(const char *assignment);

/* Reports on standard error that value is invalid for variable, and what is
 * allowed. Returns -1. */
int options_refuse(const char *variable, const char *value, const char *allowed);

/* Sets all options to their defaults. */
void options_begin(struct options *o);

/* Writes the name of a row's variable, such as "DAEMONIZE_PIDFILE", into buf
 * (OPTIONS_VARIABLE bytes). Returns buf. */
#define OPTIONS_VARIABLE 32
const char *options_variable(const struct setting *row, char *buf);

/* Sets a row's option to value; a string is kept, not copied. Returns 0, or -1
 * after reporting on standard error which values are allowed; as is the name of the
 * option in that report. */
int options_assign(struct options *o, const struct setting *row, const char *as, const char *value);

/* Takes one assignment. Returns 0, or -1 after reporting on standard error what is
 * wrong. */
int options_set(struct options *o, const char *assignment);

/* Takes all our variables of envp and reports those that are wrong. Returns how
 * many. */
int options_read(struct options *o, char *const *envp);

/* Sets what depends on other options, makes paths relative to the current directory
 * absolute, and refuses contradictions. New strings are allocated in memory; envp
 * is for HOME and the XDG directories. Returns 0, or -1 after reporting why. */
int options_finish(struct options *o, struct environ_block *memory, char *const *envp);

#endif
