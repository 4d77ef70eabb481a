/* SPDX-License-Identifier: MIT */
/* command - the words that dsig understands: its own, the names and numbers
 * of signals, and those that the user has defined. A new command is a row of
 * the table, a function, and a paragraph of dsig.1. */
#ifndef COMMAND_H
#define COMMAND_H

#include "options/schedule.h"

#include <stddef.h>

struct cmdline;
struct command;
struct target;

/* Carries a command out for one daemon, or for all operands together. Has said
 * what went wrong; returns the exit status. */
typedef int command_act(const struct cmdline *o, const struct command *c, struct target *t);
typedef int command_show(const struct cmdline *o);

struct command {
	const char *name;
	command_act *act; /* one of these two */
	command_show *show;
	unsigned takes;   /* OPTION_BITs it has a use for */
	int signal;       /* that it sends; 0: none */
	const char *help; /* a line */
};

/* The built-in ones; the last has no name. */
extern const struct command command_table[];

#define COMMAND_OWN_MAX 64
#define COMMAND_OWN_NAME 32

/* What the user has defined; all zero is an empty one. A later definition
 * of the same name counts. */
struct command_own {
	unsigned count;
	struct {
		char name[COMMAND_OWN_NAME];
		int signal;
	} entry[COMMAND_OWN_MAX];
	struct schedule stop; /* of "stop=..."; count 0: not defined */
};

/* What a definition may be, for messages. */
extern const char command_allowed[];

/* Takes "NAME=SIGNAL" (of length len), or a list of these between blanks.
 * Built-in commands that send a signal may be redefined, stop to a schedule,
 * others not. Return 0, or -1: not of that form, unknown signal, or too many.
 * *bad is then where in the list that definition stands. */
int command_define(struct command_own *own, const char *definition, size_t len);
int command_define_all(struct command_own *own, const char *list, const char **bad);

/* Finds the command called word: the user's own, then the built-in ones, then
 * signals. Letter case counts for all but signals: stop is a command, STOP a
 * signal. Returns 0, or -1 when there is none. */
int command_find(const char *word, const struct command_own *own, struct command *out);

/* Is this a command or, in capitals, a signal, rather than the name of a daemon? */
int command_known(const char *word, const struct command_own *own);

/* The known name nearest to word, or NULL when none is near. */
const char *command_nearest(const char *word, const struct command_own *own);

#endif
