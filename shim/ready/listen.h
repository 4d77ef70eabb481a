/* SPDX-License-Identifier: MIT */
/* listen - is a daemon listening yet? Seen from outside, through /proc: the
 * daemon is neither told nor asked. */
#ifndef LISTEN_H
#define LISTEN_H

#include "options/values.h"

#include <sys/types.h>

/* Does the daemon, or another process of its session, listen as wanted?
 * Made to be called every few milliseconds: a daemon without sockets costs
 * no look at the kernel's tables, one that listens itself no look at others.
 * Processes that end meanwhile, or must not be seen, are passed over.
 *
 * A UDP socket counts when it is bound and not connected; one that sends
 * without either looks the same, so name the port where that matters.
 *
 * Returns 1 yes, 0 not yet, -errno: -ENOENT or -ESRCH (no such process,
 * or no /proc), -EACCES (its descriptors are hidden from us: another user's
 * or undumpable, and this will not change). */
int listen_ready(pid_t daemon, const struct listen_want *want);

#endif
