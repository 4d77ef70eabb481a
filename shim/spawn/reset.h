/* SPDX-License-Identifier: MIT */
/* reset - clears what a new process must not inherit from its caller. Makes system
 * calls only, because the memory may be its parent's. */
#ifndef RESET_H
#define RESET_H

#include "base/sys.h"

/* Sets these signals to their default action, and blocks none. A program inherits
 * what its caller ignores and blocks, and a daemon that blocks TERM cannot be
 * stopped. HAZARD: a handler that is left could run before exec, in memory that is
 * the launcher's. */
void reset_signals(sys_sigset actions);

/* Descriptors first to last, both included. */
struct reset_range {
	unsigned first, last;
};

struct reset_descriptors {
	int in, out, err; /* become 0, 1 and 2 */
	int keep_all;
	const struct reset_range *keep; /* ascending, from 3, disjoint; stay open across exec */
	unsigned keep_count;
};

/* Arranges the descriptors for exec and closes all others. Returns 0, or
 * -errno. */
int reset_descriptors(const struct reset_descriptors *d);

#endif
