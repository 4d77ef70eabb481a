/* SPDX-License-Identifier: MIT */
/* escape - prints untrusted text (paths, names of programs), which may contain any
 * byte, to terminals and as JSON. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdio.h>

/* For people: writes s with '?' for control characters and for bytes that are not
 * UTF-8. Returns the number of characters; with out NULL only counts them. */
unsigned escape_plain(FILE *out, const char *s);

/* Writes s as a JSON string with its quotes, or null if s is NULL. JSON is UTF-8: a
 * byte that is not becomes U+FFFD, which every parser accepts. */
void escape_json(FILE *out, const char *s);

/* Returns how many of the len bytes of block to show now: all but a UTF-8 character
 * that is cut at the end, the rest of which comes with the next block. */
size_t escape_whole(const char *block, size_t len);

#endif
