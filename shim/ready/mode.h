/* SPDX-License-Identifier: MIT */
/* mode - the readiness modes, a row for each. Their names are in
 * options/values_ready.c. */
#ifndef MODE_H
#define MODE_H

#include "ready/ready.h"

struct mode {
	int (*begin)(struct ready *r, uid_t uid);           /* before the start; 0, or -errno */
	int (*check)(struct ready *r, struct failure *why); /* 1 ready, 0 not yet, -1 never */
	int (*next)(const struct ready *r); /* ms to the next check; -1: at an event */
	int at_rest;                        /* the daemon must be at rest, too */
};

/* Indexed by enum ready_kind. */
extern const struct mode mode_table[];

/* For `next`: a fixed part of the time waited so far, at most 20 ms. */
int mode_after_a_part(const struct ready *r);

#endif
