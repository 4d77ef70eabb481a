/* SPDX-License-Identifier: MIT */
/* evict - replaces a pid file that only strangers (locks.h) lock.
 *
 * Two files exist beside it meanwhile: ".BASE.lock", the flag, on which the evictor
 * holds a write lock and which no other user may open; and ".BASE.new", which is
 * exchanged with the old file. */
#ifndef EVICT_H
#define EVICT_H

#include "pidfile/attempt.h"

/* Replaces the file that c has open, and that its path names, by a new one with
 * mode. ATTEMPT_CLAIMED: c has the new file open instead, with the write lock;
 * ATTEMPT_AGAIN: the situation has changed meanwhile, or another evictor is at
 * work; ATTEMPT_FAILED: the two cannot be exchanged here. */
enum attempt evict(struct claim *c, mode_t mode);

#endif
