/* SPDX-License-Identifier: MIT */
/* listen - does a family of processes listen on a socket yet? Found out from /proc,
 * without their help. */
#ifndef LISTEN_H
#define LISTEN_H

#include "options/values.h"
#include "ready/family.h"
#include "ready/sockets.h"

struct listen {
	const struct listen_want *want;
	struct sockets barred; /* existed before, and do not count */
};

/* Must be called before the first process exists: sockets that it inherits, or that
 * already listen as wanted, do not count. */
void listen_begin(struct listen *l, const struct listen_want *want);

/* Does a member found by family_look listen as wanted? Cheap enough to be called
 * every few milliseconds: for a family without sockets the kernel's tables are not
 * read. Processes that end meanwhile are skipped.
 *
 * If the descriptors of a process are hidden from us (it is another user's, and we
 * lack CAP_SYS_PTRACE), any socket of its user at the wanted port or path counts.
 *
 * Returns 1 yes, 0 not yet, or -EACCES: descriptors are hidden, and no port or path
 * is wanted. */
int listen_ready(const struct listen *l, const struct family *family);

/* Returns a port on which a member listens, whatever is wanted; 0: none is seen. */
unsigned listen_port(const struct listen *l, const struct family *family);

#endif
