/* SPDX-License-Identifier: MIT */
/* preload - our place in LD_PRELOAD: the last, so that a library that
 * insists on being first (ASan) is, and taking us out is cutting the end. */
#ifndef PRELOAD_H
#define PRELOAD_H

#include "base/report.h"

#include <sys/types.h>

#include <stddef.h>

/* The file that this code was loaded from, absolute. Returns 0, or -1 with
 * *why, also for one that cannot stand in LD_PRELOAD. */
int preload_find(char *path, size_t size, struct failure *why);

/* May path stand in LD_PRELOAD, where space and colon separate and nothing
 * escapes them? */
int preload_usable(const char *path);

/* Copies the entries of list (NULL: none) that are not library, nor the same
 * file, nor of the same name, into out, which has room for all of list.
 * Separators stay as they were. */
void preload_others(const char *list, const char *library, char *out);

/* Is the library mapped into process pid? What cannot be seen is not. */
int preload_is_in(pid_t pid, const char *library);

#endif
