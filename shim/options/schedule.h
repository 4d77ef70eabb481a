/* SPDX-License-Identifier: MIT */
/* schedule - what ends a daemon, and the words that a user defines for dsig. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stddef.h>

/* A signal, then a wait, then another signal. */
#define SCHEDULE_MAX 8
struct schedule {
	unsigned count; /* 0: not said */
	struct {
		int signal;
		int ms; /* -1: not said */
	} step[SCHEDULE_MAX];
};

/* A command of dsig: "NAME=SIGNAL", or "stop=SCHEDULE". */
struct definition {
	size_t name_len;
	struct schedule schedule; /* of one step without a time, but for stop */
};

/* Reads a definition of length len. Returns 0, or -1: it is none. */
int value_definition(const char *text, size_t len, struct definition *out);

/* Moves *list over blanks; returns the length of the word there, 0 at the end. */
size_t value_definition_next(const char **list);

/* Parsers as in values.h: a schedule, "TERM/30/KILL/5"; and a list of
 * definitions, which stays a text (const char *). */
int value_schedule(const char *text, void *field);
int value_commands(const char *text, void *field);

#endif
