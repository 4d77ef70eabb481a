/* SPDX-License-Identifier: MIT */
/* environ - environments as arrays of "KEY=VALUE". getenv and setenv are not used:
 * bash exports its own, which do nothing in a constructor, and setenv moves
 * environ, on whose place programs that rewrite their title rely. */
#ifndef ENVIRON_H
#define ENVIRON_H

#include "base/report.h"

#include <stddef.h>
#include <stdint.h>

/* Returns the value of key (of the first variable if it occurs twice, as getenv(3)
 * does), or NULL if it is not set. envp may be NULL. */
const char *environ_get(char *const *envp, const char *key);

/* An environment under construction, for the launcher only. Its memory comes from
 * mmap(2) and is never freed. */
struct environ_block {
	char **vars;      /* count strings and a NULL */
	uint32_t *slots;  /* hash table by key: index in vars plus 1, 0: empty;
	                   * some callers have 20,000 variables */
	size_t slot_mask; /* number of slots, a power of two, minus 1 */
	size_t count, room;
	int doubled;             /* some key occurs more than once */
	char *chunk, *chunk_end; /* the free part of the last allocation */
};

/* Makes *b empty, with room for as many variables as envp has and a few more.
 * Returns 0, or -1 with *why described. */
int environ_begin(struct environ_block *b, char *const *envp, struct failure *why);

/* environ_add, environ_put and environ_set return 0, or -ENOMEM. */

/* Appends assignment even if its key is set already: what the caller passed twice
 * is passed on twice. Keeps the string itself, not a copy. */
int environ_add(struct environ_block *b, char *assignment);

/* Puts assignment in place of all earlier variables of its key. Keeps the string
 * itself. */
int environ_put(struct environ_block *b, char *assignment);

/* Sets key to the concatenated parts, of which the last is NULL. Copies them. */
int environ_set(struct environ_block *b, const char *key, const char *const *parts);

/* Removes every variable of key. */
void environ_drop(struct environ_block *b, const char *key);

/* Returns size bytes, aligned to 16 and never freed, or NULL. */
char *environ_alloc(struct environ_block *b, size_t size);

#endif
