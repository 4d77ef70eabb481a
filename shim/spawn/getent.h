/* SPDX-License-Identifier: MIT */
/* getent - asks getent(1), which knows all that the system's administrator has
 * named in nsswitch.conf. */
#ifndef GETENT_H
#define GETENT_H

#include "base/scan.h"

/* Reads an answer. Returns 0, or -errno. */
typedef int getent_reader(struct scan *answer, void *out);

/* Runs "getent DATABASE KEY" with no environment, descriptor or signal of the
 * caller's, and gives what it prints to reader. Returns 0; -ENOENT: getent
 * says that there is no such entry; -ENOSYS: there is no getent, or it does
 * not know this database; or another -errno. */
int getent_ask(const char *database, const char *key, getent_reader *reader, void *out);

#endif
