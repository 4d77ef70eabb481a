/* SPDX-License-Identifier: MIT */
/* evidence - is a process the daemon that a pid file names? */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "base/sys.h"
#include "pidfile/locks.h"

/* What ties the process to the file, the strongest first. */
enum evidence_kind {
	EVIDENCE_NONE,
	EVIDENCE_LOCK,  /* it holds the record lock, by the kernel's word */
	EVIDENCE_FLOCK, /* it holds the flock */
	EVIDENCE_STAMP, /* the file's time has its start time, to the clock tick */
	EVIDENCE_CLOCK, /* it is older than the file, which has no stamp */
};

/* "lock", "flock", "stamp", "clock", "none": the same word in every tool. */
const char *evidence_name(enum evidence_kind kind);

struct evidence {
	enum evidence_kind kind;
	const char *against; /* EVIDENCE_NONE: why it is not the daemon; NULL: nobody knows */
	int is_ending;       /* EVIDENCE_NONE: it was, and has lost its locks, for it ends */
	struct locks record, flock;
};

/* Judges process pid, which fd's content names (0: none) and whose status is
 * file. To be believed of a living process only if a pidfd of it was opened
 * before. */
void evidence_judge(int fd, const struct sys_stat *file, pid_t pid, struct evidence *out);

/* The stamp: a modification time after `now` (nanoseconds since 1970) by less
 * than a second, the nanoseconds of which are start_ticks, modulo 10^9. A time
 * that lies after that of the status change is no writer's: it was set, and so
 * is known to be a stamp. */
int64_t evidence_stamp(int64_t now, uint64_t start_ticks);

/* Has file such a time, and is it that of a process with this start time? */
int evidence_is_stamped(const struct sys_stat *file);
int evidence_fits(const struct sys_stat *file, uint64_t start_ticks);

#endif
