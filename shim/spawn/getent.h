/* SPDX-License-Identifier: MIT */
/* getent - runs getent(1), which asks every source that nsswitch.conf names. */
#ifndef GETENT_H
#define GETENT_H

#include "base/scan.h"

/* Parses an answer into *out. Returns 0, or -errno. */
typedef int getent_reader(struct scan *answer, void *out);

/* Runs "getent DATABASE KEY" without the caller's environment, descriptors and
 * signal settings, and calls reader on its output. Returns 0; -ENOENT: getent finds
 * no such entry; -ENOSYS: there is no getent, or it does not know this database;
 * -ETIMEDOUT; or another -errno. */
int getent_ask(const char *database, const char *key, getent_reader *reader, void *out);

#endif
