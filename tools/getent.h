/* SPDX-License-Identifier: MIT */
/* getent - questions to getent(1), which can load the modules (NSS) that a
 * static program cannot. */
#ifndef GETENT_H
#define GETENT_H

#include <stdio.h>

/* How it went. */
enum getent_end {
	GETENT_ANSWERED = 0,
	GETENT_REFUSED = 1, /* it has no such database: musl's no initgroups */
	GETENT_NOT_FOUND = 2,
	GETENT_ABSENT = -1, /* there is no getent */
	GETENT_FAILED = -2,
};

/* Reads what getent says of key into out. Returns 0, or -1 if it is not that.
 * The file can be read and sought, and is closed by the caller. */
typedef int getent_reader(FILE *answer, const void *key, void *out);

/* Asks for key, which is not to begin with '-', in a database, and waits.
 * With GETENT_ANSWERED, reader has returned 0. */
int getent_ask(const char *database, const char *key, getent_reader *reader, void *out);

#endif
