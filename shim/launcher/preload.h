/* SPDX-License-Identifier: MIT */
/* preload - this library's entry in LD_PRELOAD. It is the last one: so a library
 * that must be first (ASan) is first, and removing ours only cuts off the end. */
#ifndef PRELOAD_H
#define PRELOAD_H

#include "base/report.h"

#include <sys/types.h>

#include <stddef.h>

/* Finds the absolute path of this library. Returns 0, or -1 with *why, also if
 * LD_PRELOAD cannot hold the path. */
int preload_find(char *path, size_t size, struct failure *why);

/* Can LD_PRELOAD hold path? Spaces and colons separate, and nothing escapes them. */
int preload_usable(const char *path);

/* Copies the entries of list (NULL: none) to out, which has room for all of list,
 * except library: the same file, or one of the same name. Separators are kept. */
void preload_others(const char *list, const char *library, char *out);

/* Was process pid started with a variable of ours, and does it have library mapped?
 * Returns 0 if that cannot be seen. */
int preload_is_in(pid_t pid, const char *library);

#endif
