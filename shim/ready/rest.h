/* SPDX-License-Identifier: MIT */
/* rest - has a family of processes come to rest? Each thread sleeps, and none has been
 * on a processor meanwhile. */
#ifndef REST_H
#define REST_H

#include "ready/family.h"

struct rest {
	uint64_t seen;      /* of who was there, and how often they had been on a processor */
	long long since_ms; /* of clock_ms; 0: somebody is awake, or cannot be seen */
	unsigned alive;     /* how many processes there are */
};

/* Looks at the family as family_look has left it. Returns for how many milliseconds
 * it has been at rest, or -1 if it is not. */
long long rest_look(struct rest *rest, const struct family *family, long long now_ms);

#endif
