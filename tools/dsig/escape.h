/* SPDX-License-Identifier: MIT */
/* escape - text of others (paths, names of programs) for terminals and for
 * JSON: any byte may be in it. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdio.h>

/* For people: what would move a cursor and what is not UTF-8 becomes '?'.
 * Returns the characters written; with out NULL only counts them. */
unsigned escape_plain(FILE *out, const char *s);

/* A JSON string with its quotes, or null for NULL. JSON is UTF-8: a byte
 * that is not becomes U+FFFD, which every parser takes. */
void escape_json(FILE *out, const char *s);

/* How much of a block of a text that goes on to show now: not the beginning of
 * a character whose rest comes with the next block. block is terminated. */
size_t escape_whole(const char *block, size_t len);

#endif
