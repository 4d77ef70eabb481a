/* SPDX-License-Identifier: MIT */
/* tail - the end of a file. */
#ifndef TAIL_H
#define TAIL_H

#include <sys/types.h>

/* Where the last lines of the first end bytes begin. */
off_t tail_begin(int fd, off_t end, int lines);

/* Shows from *at up to end, or to the end of the file if that comes first, and
 * moves *at: to a terminal what does not drive it, else as it is. 0, or -errno. */
int tail_copy(int fd, off_t *at, off_t end);

#endif
