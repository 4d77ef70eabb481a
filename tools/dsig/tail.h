/* SPDX-License-Identifier: MIT */
/* tail - prints the end of a file. */
#ifndef TAIL_H
#define TAIL_H

#include <sys/types.h>

/* Returns where the last `lines` lines of the file's first end bytes begin. */
off_t tail_begin(int fd, off_t end, int lines);

/* Prints the file from *at up to end, or to EOF, and advances *at. On a terminal
 * control characters are replaced. Returns 0, or -errno. */
int tail_copy(int fd, off_t *at, off_t end);

#endif
