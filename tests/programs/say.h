/* SPDX-License-Identifier: MIT */
/* What a program reports to its test: KEY=VALUE lines, gathered in memory and
 * written at once, so that saying something never disturbs what is said (an
 * open file would be a descriptor more). */
#ifndef TESTS_SAY_H
#define TESTS_SAY_H

#include <stddef.h>

/* Add a piece of text as it is. */
__attribute__((format(printf, 1, 2))) void say(const char *fmt, ...);

/* Add bytes; whatever is not printable ASCII, and the backslash, as \xNN. */
void say_bytes(const char *s, size_t len);

/* Add the line KEY=VALUE, the value escaped as above; NULL is shown as (null). */
void say_line(const char *key, const char *value);

/* Write everything to the file path, which appears complete or not at all, or
 * to stdout when path is NULL; empties the memory. 0 or -1 with errno. */
int say_to(const char *path);

#endif
