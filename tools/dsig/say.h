/* SPDX-License-Identifier: MIT */
/* say - the lines that dsig prints, and the words in them. */
#ifndef SAY_H
#define SAY_H

#include "target.h"

/* Room for one word, which is made where it is used. */
struct word {
	char text[PATH_MAX + NAME_MAX + 128];
};

const char *say_signal(struct word *w, int signal);             /* "SIGTERM" */
const char *say_daemon(struct word *w, const struct target *t); /* "web (pid 123)" */
const char *say_process(struct word *w, pid_t pid);             /* "123 (nginx)" */
const char *say_number(struct word *w, long long number);

/* A line on standard output, in one write. */
#define say_line(...) say_join((const char *const[]){ __VA_ARGS__, NULL })
void say_join(const char *const *parts);

/* Bytes on standard output, as they are. 0, or -errno, which say_end tells. */
int say_bytes(const void *bytes, size_t size);

/* Has something not been written? */
int say_failed(void);

/* Has all of it been written? Returns status, or STATUS_IOERR if that is
 * larger, and has said so. */
int say_end(int status);

#endif
