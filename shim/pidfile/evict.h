/* SPDX-License-Identifier: MIT */
/* evict - puts a new pid file in the place of one that only strangers lock.
 *
 * Two names beside the file, which are there only meanwhile: ".BASE.lock" is
 * the flag, that is, an evictor has a write lock on it, and nobody else may open
 * it; ".BASE.new" is the file that is exchanged with the old one. */
#ifndef EVICT_H
#define EVICT_H

#include "pidfile/attempt.h"

/* Replaces the file of claim c, which is open and is at its path, by a new one
 * with mode, if it can be. ATTEMPT_CLAIMED: c has that one, with the write lock,
 * in place of the old; ATTEMPT_AGAIN: something else has happened meanwhile;
 * ATTEMPT_FAILED: the two cannot be exchanged here. */
enum attempt evict(struct claim *c, mode_t mode);

#endif
