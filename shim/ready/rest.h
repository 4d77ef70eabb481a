/* SPDX-License-Identifier: MIT */
/* rest - has a family of processes come to rest? Each thread sleeps, and none has been
 * on a processor meanwhile. And if it does not: how far has it come? */
#ifndef REST_H
#define REST_H

#include "ready/family.h"

struct rest {
	uint64_t seen;      /* of who was there, and how often they had been on a processor */
	long long since_ms; /* of clock_ms; 0: somebody is awake, or cannot be seen */
	unsigned alive;     /* how many processes there are */

	long long from_ms;   /* what follows is since then: */
	long long last_ms;   /* the last look */
	long long slept_ms;  /* how long all slept, but not at one stretch */
	long long worked_ms; /* and the time on processors before */
};

/* Looks at the family as family_look has left it. Returns for how many milliseconds
 * it has been at rest, or -1 if it is not. */
long long rest_look(struct rest *rest, const struct family *family, long long now_ms);

/* How many milliseconds of its own time has it had since from_ms, which may change from
 * look to look? What it waited for a processor or a disk is not its own. */
long long rest_own_time(struct rest *rest, const struct family *family, long long from_ms,
                        long long now_ms);

#endif
