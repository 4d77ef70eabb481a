/* SPDX-License-Identifier: MIT */
/* judge - what faults and races both look at after a start. */
#ifndef HARNESS_JUDGE_H
#define HARNESS_JUDGE_H

#include <stddef.h>

/* From now on what is wrong is collected in text, empty at first. */
void judge_begin(char *text, size_t size);
void judge_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The beginning of a file as text, "" when it cannot be read; its length or -1. */
long judge_read(const char *path, char *text, size_t size);

/* Is it a status by which a start may fail? */
int judge_documented(int status);

/* Does a text begin as messages of the library or of dstart do? */
int judge_is_message(const char *text);

#endif
