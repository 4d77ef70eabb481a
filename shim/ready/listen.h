/* SPDX-License-Identifier: MIT */
/* listen - does a family of processes listen yet? Seen from outside, through /proc: it
 * is neither told nor asked. */
#ifndef LISTEN_H
#define LISTEN_H

#include "options/values.h"
#include "ready/family.h"
#include "ready/sockets.h"

struct listen {
	const struct listen_want *want;
	struct sockets barred; /* that were there before: they prove nothing */
};

/* To be called before the first process exists: sockets that it inherits, or that
 * listen by then at what is wanted, do not count. */
void listen_begin(struct listen *l, const struct listen_want *want);

/* Does one of the family, as family_look has left it, listen as wanted? Made to be called
 * every few milliseconds: a family without sockets costs no look at the kernel's tables.
 * Processes that end meanwhile are passed over.
 *
 * Where the descriptors of a process are hidden from us (another user's, and we lack
 * CAP_SYS_PTRACE) a socket counts that belongs to its user, at the wanted port or path.
 *
 * Returns 1 yes, 0 not yet, -EACCES: they are hidden, and no place is wanted. */
int listen_ready(const struct listen *l, const struct family *family);

#endif
