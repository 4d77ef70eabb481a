/* SPDX-License-Identifier: MIT */
/* reborn - the second stage: what the copy does between exec and main. */
#ifndef REBORN_H
#define REBORN_H

#include "wire/plan.h"

/* Finds the plan by mark, carries it out, and removes our traces. Returns into the
 * program; on failure tells the launcher and exits the process. If mark is that of
 * an ancestor of this process, only removes our traces. */
void reborn(const char *mark);

/* At normal exit of the program: removes the pid file, if this process holds it and
 * is not a forked child. */
void reborn_exit(void);

#endif
