/* SPDX-License-Identifier: MIT */
/* reborn - the second stage: what the copy does, by the launcher's plan,
 * before its program's main. */
#ifndef REBORN_H
#define REBORN_H

#include "wire/plan.h"

/* The marked copy, whole: finds its plan by the mark, applies it, takes our
 * traces away. Returns into the program; or, when anything failed, leaves by
 * sys_exit. */
void reborn(const char *mark);

/* At normal exit of the program: takes the pid file away if this process,
 * and not a child of it, is the one that holds it. */
void reborn_exit(void);

#endif
