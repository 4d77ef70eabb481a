/* SPDX-License-Identifier: MIT */
/* schedule - the signals that end a daemon, and the commands that a user defines
 * for dsig. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stddef.h>

/* Signals, each with the time to wait after it. */
#define SCHEDULE_MAX 8
struct schedule {
	unsigned count; /* 0: not set */
	struct {
		int signal;
		int ms; /* -1: not given */
	} step[SCHEDULE_MAX];
};

/* A user-defined command of dsig: "NAME=SIGNAL", or "stop=SCHEDULE". */
struct definition {
	size_t name_len;
	struct schedule schedule; /* one step without a time, except for stop */
};

/* Parses the definition of len bytes at text. Returns 0, or -1 if it is invalid. */
int value_definition(const char *text, size_t len, struct definition *out);

/* Moves *list past blanks. Returns the length of the word there, 0 at the end. */
size_t value_definition_next(const char **list);

/* Parsers as in values.h: for a schedule, "TERM/30/KILL/5", and for a list of
 * definitions, which remains a string (const char *). */
int value_schedule(const char *text, void *field);
int value_commands(const char *text, void *field);

#endif
