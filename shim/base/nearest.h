/* SPDX-License-Identifier: MIT */
/* nearest - the known name that a mistyped one most likely means. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word;
	size_t len;
	const char *name; /* the nearest so far, NULL: none is near */
	unsigned cost;
};

/* Begins a search for word, of length len. Near are names that begin with it,
 * and those that differ in a third of its letters at most, put in, left out or
 * replaced. Letter case does not count. */
void nearest_begin(struct nearest *n, const char *word, size_t len);

/* Takes name if it is nearer than all before. */
void nearest_consider(struct nearest *n, const char *name);

#endif
