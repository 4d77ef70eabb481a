/* SPDX-License-Identifier: MIT */
/* nearest - finds the known name that a mistyped one most likely means. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word;
	size_t len;
	const char *name; /* the nearest so far; NULL: none is near */
	unsigned cost;
};

/* Begins a search for word (len bytes, not copied). A name is near if it begins
 * with word (3 letters or more), or if inserting, deleting or replacing at most len
 * / 3 + 1 letters makes them equal. Letter case does not count. Words and names
 * above 31 bytes are never near. */
void nearest_begin(struct nearest *n, const char *word, size_t len);

/* Keeps name if it is nearer than all before. */
void nearest_consider(struct nearest *n, const char *name);

#endif
