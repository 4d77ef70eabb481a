/* SPDX-License-Identifier: MIT */
/* evict - puts a new pid file in the place of one that only strangers lock. */
#ifndef EVICT_H
#define EVICT_H

#include "pidfile/claim.h"

/* Replaces the file of claim c, which is open and is at its path, by a new one
 * with mode. EVICTED: c has that one, with the write lock, in place of the old;
 * EVICT_AGAIN: something else has happened meanwhile, and the starter begins
 * anew; or -1: the two cannot be exchanged here. */
#define EVICTED 0
#define EVICT_AGAIN 1
int evict(struct claim *c, mode_t mode);

#endif
