/* SPDX-License-Identifier: MIT */
/* say - prints dsig's output, and the words in it. */
#ifndef SAY_H
#define SAY_H

#include "target.h"

/* Storage for one word, which the functions below fill in and return. */
struct word {
	char text[PATH_MAX + NAME_MAX + 128];
};

const char *say_signal(struct word *w, int signal);             /* "SIGTERM" */
const char *say_daemon(struct word *w, const struct target *t); /* "web (pid 123)" */
const char *say_process(struct word *w, pid_t pid);             /* "123 (nginx)" */
const char *say_number(struct word *w, long long number);

/* Prints a line, joined from its arguments, on standard output in one write.
 * say_end reports errors. */
#define say_line(...) say_join((const char *const[]){ __VA_ARGS__, NULL })
void say_join(const char *const *parts);

/* Writes bytes unchanged to standard output. Returns 0, or -errno; say_end reports
 * it. */
int say_bytes(const void *bytes, size_t size);

/* Has a write failed? */
int say_failed(void);

/* Flushes standard output. Returns status; or, after reporting a write error, the
 * larger of it and STATUS_IOERR. */
int say_end(int status);

#endif
