/* SPDX-License-Identifier: MIT */
/* scan - files, pipes and directories of /proc, piece by piece and without
 * memory of our own: readdir(3) and stdio would take the host's. */
#ifndef SCAN_H
#define SCAN_H

#include <stddef.h>

/* One file or directory being read; lives on the stack. */
struct scan {
	int fd;
	size_t at;  /* what of the buffer has been handed out */
	size_t len; /* what it holds */
	char buf[2048 + 1];
};

/* Opens path. Returns 0, or -errno; then there is nothing to close. */
int scan_open(struct scan *s, const char *path);

/* The same for an open descriptor, which scan_close will close. */
void scan_begin(struct scan *s, int fd);

/* The next line of a file, without its end, valid until the next call;
 * lines longer than the buffer are left out. NULL at the end of the file,
 * or when it cannot be read further: its process may be gone. */
char *scan_line(struct scan *s);

/* Reads up to the next of the characters in ends, however far that is.
 * Returns that character, or '\0' at the end of the file. out holds what came
 * before it, and is empty if that has more than size - 1 bytes; NULL: skips. */
char scan_field(struct scan *s, const char *ends, char *out, size_t size);

/* The next name in a directory that begins with a digit, NULL at the end. */
const char *scan_entry(struct scan *s);

/* Begins again with the first line, or name. */
void scan_rewind(struct scan *s);

/* Closes what is open. */
void scan_close(struct scan *s);

#endif
