/* SPDX-License-Identifier: MIT */
/* rest - is a family of processes at rest: does each thread sleep, and has none run
 * since the last look? And if not, how much time has it had? */
#ifndef REST_H
#define REST_H

#include "ready/family.h"

struct rest {
	uint64_t seen;      /* a hash of all threads and how often they were switched */
	long long since_ms; /* of clock_ms; 0: a thread runs, or cannot be seen */
	unsigned alive;     /* live processes */

	long long from_ms;   /* start of what follows: */
	long long last_ms;   /* the last look */
	long long slept_ms;  /* how long all slept, in several parts */
	long long worked_ms; /* CPU time up to then */
};

/* Looks at the members found by family_look. Returns for how many ms they have been
 * at rest, or -1 if they are not. */
long long rest_look(struct rest *rest, const struct family *family, long long now_ms);

/* How much time of its own has the family had since from_ms? In ms: CPU time and
 * sleep, but not the time in which it waited for a CPU or a disk. A new from_ms
 * starts again from 0. */
long long rest_own_time(struct rest *rest, const struct family *family, long long from_ms,
                        long long now_ms);

#endif
