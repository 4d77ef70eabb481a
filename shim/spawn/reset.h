/* SPDX-License-Identifier: MIT */
/* reset - what a new process must not take along from its caller. System
 * calls only: the memory may be its parent's. */
#ifndef RESET_H
#define RESET_H

/* All signals to their default action, and none blocked. A program inherits
 * what its caller ignores and blocks, and a daemon that blocks TERM cannot
 * be stopped. */
void reset_signals(void);

/* Descriptors first..last, both included. */
struct reset_range {
	unsigned first, last;
};

struct reset_descriptors {
	int in, out, err; /* become 0, 1 and 2 */
	int keep_all;
	const struct reset_range *keep; /* ascending, from 3, disjoint: stay open at exec */
	unsigned keep_count;
};

/* Arranges the descriptors for exec and closes all others. Returns 0, or
 * -errno. */
int reset_descriptors(const struct reset_descriptors *d);

#endif
