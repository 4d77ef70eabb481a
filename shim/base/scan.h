/* SPDX-License-Identifier: MIT */
/* scan - reads files, pipes and directories of /proc through a buffer on the stack:
 * readdir(3) and stdio would allocate memory in the host. */
#ifndef SCAN_H
#define SCAN_H

#include <stddef.h>

/* One file or directory being read. */
struct scan {
	int fd;
	size_t at;  /* bytes of buf that were returned */
	size_t len; /* bytes in buf */
	char buf[2048 + 1];
};

/* Opens path. Returns 0, or -errno; then there is nothing to close. */
int scan_open(struct scan *s, const char *path);

/* The same for an open descriptor, which scan_close() will close. */
void scan_begin(struct scan *s, int fd);

/* Returns the next line without its newline, valid until the next call; lines
 * longer than the buffer are skipped. Returns NULL at EOF or on error: the process
 * may be gone. */
char *scan_line(struct scan *s);

/* Reads up to the next of the characters in ends, however far that is. Returns that
 * character, or '\0' at EOF. out receives what came before it, or nothing if that
 * exceeds size - 1 bytes; out may be NULL. */
char scan_field(struct scan *s, const char *ends, char *out, size_t size);

/* Returns the next name in a directory that begins with a digit; NULL at the end,
 * or on error. */
const char *scan_entry(struct scan *s);

/* Starts over at the first line or name. */
void scan_rewind(struct scan *s);

/* Closes the descriptor. */
void scan_close(struct scan *s);

#endif
