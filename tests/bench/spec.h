/* SPDX-License-Identifier: MIT */
/* spec - what is to be measured: lines of standard input
 *
 *   LABEL [limit=N] [NAME=VALUE]... [SETUP... ::] COMMAND...
 *
 * Words are parted by blanks, '...' holds words together. In each word, for
 * each single run, %p is a pid file and %a another file that no other run
 * has, %n a name, %s the stamp file. */
#ifndef SPEC_H
#define SPEC_H

#include <stddef.h>

#define SPEC_WORDS 64
#define SPEC_LINES 64

struct spec {
	char *label;
	unsigned long limit; /* RLIMIT_NOFILE, 0: unchanged */
	char *env[SPEC_WORDS];
	char *setup[SPEC_WORDS]; /* empty: none */
	char *command[SPEC_WORDS];
};

/* One run's words and files, with the placeholders replaced. */
struct spec_run {
	char *env[SPEC_WORDS];
	char *setup[SPEC_WORDS];
	char *command[SPEC_WORDS];
	char pidfile[256];
	char alive[256];
};

/* Reads all lines of standard input; returns how many, or ends the program
 * with a message. */
unsigned spec_read(struct spec *lines);

/* Fills run for the number-th run of line; spec_done frees, and removes the
 * run's files. */
void spec_expand(const struct spec *line, struct spec_run *run, const char *directory,
                 const char *stamp, unsigned number);
void spec_done(struct spec_run *run);

#endif
