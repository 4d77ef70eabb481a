/* SPDX-License-Identifier: MIT */
/* evidence - is a process the daemon that a pid file names? */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "base/sys.h"
#include "pidfile/locks.h"

/* What ties the process to the file. */
enum evidence_kind {
	EVIDENCE_NONE,
	EVIDENCE_LOCK,  /* it holds the record lock, according to the kernel */
	EVIDENCE_FLOCK, /* it holds the flock */
	EVIDENCE_STAMP, /* the file's modification time matches its start time, to the tick */
	EVIDENCE_CLOCK, /* it is older than the file, which has no stamp */
};

/* Returns "lock", "flock", "stamp", "clock" or "none": the words that every tool
 * prints. */
const char *evidence_name(enum evidence_kind kind);

struct evidence {
	enum evidence_kind kind;
	const char *against;  /* EVIDENCE_NONE: why it is not the daemon; NULL: unknown */
	int is_ending;        /* EVIDENCE_NONE: it is the daemon, exiting and without locks */
	int is_unseen;        /* EVIDENCE_NONE: it lives, but without /proc it cannot be judged */
	uint64_t start_ticks; /* of the process, as in process_stat; 0: unknown */
	struct locks record, flock; /* not filled in if the stamp matches */
};

/* Is process pid, which the file behind fd names (0: none), the daemon? file is the
 * status of fd. For a living process, open a pidfd of it first: only then is it
 * certain that the pid was not reused meanwhile.
 *
 * A stamp is checked first and decides: a lock's holder is only a number, too,
 * which the kernel keeps when the process has gone and another shares its
 * descriptors. */
void evidence_judge(int fd, const struct sys_stat *file, pid_t pid, struct evidence *out);

/* The same for a caller that holds both locks, so that no daemon can hold one. */
void evidence_judge_unlocked(const struct sys_stat *file, pid_t pid, struct evidence *out);

/* Gives the file the stamp of process pid: a modification time up to two seconds in
 * the future, whose nanoseconds are computed from the process's start time and the
 * boot id. Writing never leaves a modification time after that of the status
 * change, so a stamp can be recognised. If the file system does not store the exact
 * time, the file gets the current time instead. Errors are ignored. */
void evidence_stamp(int fd, pid_t pid);

#endif
