/* SPDX-License-Identifier: MIT */
/* environ - environments as arrays of "KEY=VALUE", never through getenv or
 * setenv: bash exports its own, which do nothing in a constructor, and
 * setenv moves what programs that write their title rely on. */
#ifndef ENVIRON_H
#define ENVIRON_H

#include "base/report.h"

#include <stddef.h>
#include <stdint.h>

/* The value of key, the first one if it stands there twice, as getenv(3) has it;
 * NULL: not set. envp may be NULL. */
const char *environ_get(char *const *envp, const char *key);

/* An environment under construction, in memory that grows by mmap and is
 * given up with the process image; for the launcher only. */
struct environ_block {
	char **vars;      /* count entries and a NULL */
	uint32_t *slots;  /* by hash of the key, a number in vars from 1, 0: empty; there
	                   * are callers with 20,000 variables */
	size_t slot_mask; /* slots less one; they are a power of two */
	size_t count, room;
	int doubled;             /* there are variables of the same key */
	char *chunk, *chunk_end; /* for strings */
};

/* Empty, with room for the variables of envp and a few more. Returns 0, or -1
 * with *why. */
int environ_begin(struct environ_block *b, char *const *envp, struct failure *why);

/* All that follow return 0, or -ENOMEM. */

/* Appends assignment, be there one of the same key or not: what a caller has
 * passed twice goes on twice. The string itself is kept, not copied. */
int environ_add(struct environ_block *b, char *assignment);

/* Sets what assignment says, in place of all earlier ones of the same key. */
int environ_put(struct environ_block *b, char *assignment);

/* The same for a key and a value in parts, ended by NULL; copies. */
int environ_set(struct environ_block *b, const char *key, const char *const *parts);

/* Takes out key, each time that it is there. */
void environ_drop(struct environ_block *b, const char *key);

/* A string's worth of memory, or NULL. */
char *environ_alloc(struct environ_block *b, size_t size);

#endif
