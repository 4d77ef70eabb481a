/* SPDX-License-Identifier: MIT */
/* apply - carries out the launcher's plan: in the marked copy, or for a program
 * that cannot be preloaded between clone and exec. */
#ifndef APPLY_H
#define APPLY_H

#include "wire/plan.h"

/* Keeps the locks of the pid file, enters chroot and directory, becomes the
 * user if that had to wait for the chroot. Steps are told on fd if the plan is
 * verbose. Returns 0, or -1 with *why described. */
int apply_plan(struct plan *plan, int fd, struct failure *why);

/* Tells the launcher how apply_plan has ended (r, why), and waits for its word
 * that main may begin. Leaves by _exit if the plan has failed, or the launcher is
 * gone. */
void apply_tell(const struct plan *plan, int fd, int r, const struct failure *why);

#endif
