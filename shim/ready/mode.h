/* SPDX-License-Identifier: MIT */
/* mode - the ways to be ready: one row each, named in options/values.c. */
#ifndef MODE_H
#define MODE_H

#include "ready/ready.h"

struct mode {
	int (*begin)(struct ready *r, uid_t uid); /* before anything is started; 0, or -errno */
	int (*check)(struct ready *r, struct failure *why); /* 1 ready, 0 not yet, -1 never */
	int (*next)(const struct ready *r); /* in how many ms to look again; -1: at an event */
	int at_rest;                        /* it is to be at rest, too */
};

/* By enum ready_kind. */
extern const struct mode mode_table[];

/* A next: after a part of the time that has passed, at most 20 ms. */
int mode_after_a_part(const struct ready *r);

#endif
