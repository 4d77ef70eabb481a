/* SPDX-License-Identifier: MIT */
/* reborn - the second stage: what the copy does, by the launcher's plan,
 * before its program's main. */
#ifndef REBORN_H
#define REBORN_H

#include "wire/plan.h"

/* Locks the pid file, enters chroot and directory, becomes the user if that
 * had to wait for the chroot, writes the pid. Steps are told on fd if the
 * plan is verbose. Returns 0; PIDFILE_GONE; or -1 with *why described. */
int reborn_apply(struct plan *plan, int fd, struct failure *why);

/* Tells the launcher how reborn_apply has ended (r, why), and unless that is
 * well, or the launcher is gone, undoes the pid file and leaves by sys_exit. */
void reborn_tell(const struct plan *plan, int fd, int r, const struct failure *why);

/* The marked copy, whole: finds its plan by the mark, applies it, takes our
 * traces away. Returns into the program; or, when anything failed, leaves by
 * sys_exit. */
void reborn(const char *mark);

/* At normal exit of the program: takes the pid file away if this process,
 * and not a child of it, is the one that holds it. */
void reborn_exit(void);

#endif
