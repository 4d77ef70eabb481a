/* SPDX-License-Identifier: MIT */
/* evidence - is a process the daemon that a pid file names? */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "base/sys.h"
#include "pidfile/locks.h"

/* What ties the process to the file. */
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
	int is_unseen;       /* EVIDENCE_NONE: it lives, and there is no /proc to see more */
	struct locks record, flock; /* not looked at if the stamp tells */
};

/* Judges process pid, which fd's content names (0: none), and file, the status
 * of fd. To be believed of a living process only if a pidfd of it was opened
 * before.
 *
 * A stamp is asked first and has the last word: a lock's holder is but a
 * number, too, which lives on in the kernel when the process has gone and
 * somebody shares its descriptors. */
void evidence_judge(int fd, const struct sys_stat *file, pid_t pid, struct evidence *out);

/* The same for who has both locks, so that no daemon has one. */
void evidence_judge_unlocked(const struct sys_stat *file, pid_t pid, struct evidence *out);

/* Gives the file the stamp of process pid: a modification time in the next
 * second or so, the nanoseconds of which are made of the process's start time
 * and the machine's boot. No writer leaves a time after that of the status
 * change, so this one is known to be a stamp. What has no stamp, for the file
 * system keeps other times, has that of a writer. */
void evidence_stamp(int fd, pid_t pid);

#endif
