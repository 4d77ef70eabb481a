/* SPDX-License-Identifier: MIT */
/* command - dsig's commands: built-in ones, signals by name or number, and those
 * that the user has defined. A new one needs a row in the table, a function, and a
 * paragraph in dsig.1. */
#ifndef COMMAND_H
#define COMMAND_H

#include "options/schedule.h"

#include <stddef.h>

struct cmdline;
struct command;
struct target;

/* Carry out a command, for one daemon or for all operands together. Report
 * failures; return the exit status. */
typedef int command_act(const struct cmdline *o, const struct command *c, struct target *t);
typedef int command_show(const struct cmdline *o);

struct command {
	const char *name;
	command_act *act; /* one of these two, the other is NULL */
	command_show *show;
	unsigned takes;   /* the OPTION_BITs that it accepts */
	int signal;       /* that it sends; 0: none */
	const char *help; /* one line */
};

/* The built-in commands; the last has no name. */
extern const struct command command_table[];

#define COMMAND_OWN_MAX 64
#define COMMAND_OWN_NAME 32

/* Commands defined by the user; all zero: none. A later definition of a name
 * replaces an earlier one. */
struct command_own {
	unsigned count;
	struct {
		char name[COMMAND_OWN_NAME];
		int signal;
	} entry[COMMAND_OWN_MAX];
	struct schedule stop; /* of "stop=..."; count 0: not defined */
};

/* The form of a definition, for messages. */
extern const char command_allowed[];

/* Add a definition "NAME=SIGNAL" of length len, or those in list, separated by
 * blanks. Built-in commands that send a signal can be redefined, stop by a
 * schedule, others cannot. Return 0, or -1: bad form, unknown signal, or too many;
 * then *bad is where that definition begins in the list. */
int command_define(struct command_own *own, const char *definition, size_t len);
int command_define_all(struct command_own *own, const char *list, const char **bad);

/* Finds the command called word: first among the user's, then the built-in ones,
 * then signals. Case matters except for signals: stop is a command, STOP a signal.
 * Returns 0 with *out, or -1 if there is none. */
int command_find(const char *word, const struct command_own *own, struct command *out);

/* Is word a command or, in capitals, a signal, rather than the name of a daemon? */
int command_known(const char *word, const struct command_own *own);

/* The known name most similar to word, or NULL if none is similar. */
const char *command_nearest(const char *word, const struct command_own *own);

#endif
