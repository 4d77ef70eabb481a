/* SPDX-License-Identifier: MIT */
/* apply - carries out the launcher's plan: in the marked copy, after exec; or, for
 * a program that cannot be preloaded, between clone and exec. */
#ifndef APPLY_H
#define APPLY_H

#include "wire/plan.h"

/* Takes over the pid file's locks, enters chroot and working directory, and
 * switches user if that had to wait for the chroot. Sends steps on fd if the plan
 * is verbose. Returns 0, or -1 with *why. */
int apply_plan(struct plan *plan, int fd, struct failure *why);

/* Sends the result of apply_plan (r, why) to the launcher, and waits for
 * NOTE_PROCEED. Exits the process if the plan has failed or the launcher is gone. */
void apply_tell(const struct plan *plan, int fd, int r, const struct failure *why);

#endif
