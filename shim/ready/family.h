/* SPDX-License-Identifier: MIT */
/* family - the process that the launcher has started, and all its descendants.
 *
 * The launcher is a subreaper: a process that loses its parent becomes its child,
 * so no descendant is lost. */
#ifndef FAMILY_H
#define FAMILY_H

#include <stdint.h>
#include <sys/types.h>

#define FAMILY_MAX 512

struct kin {
	pid_t pid;
	uint64_t began; /* start_ticks of process.h; pid and began together identify the process */
	pid_t parent;
	pid_t session;
	unsigned threads;
	long long worked_ms; /* CPU time */
	int ended;           /* a zombie, not yet waited for */
	int asked;           /* for the caller; kept from one look to the next */
};

struct family {
	pid_t first;      /* the process that the launcher has started, its child */
	pid_t loggers[2]; /* children of the launcher outside the family; 0: none */

	/* private */
	pid_t launcher;
	pid_t session;  /* of the first process; no other process can join it */
	uint64_t began; /* start_ticks of the first process */
	int strangers;  /* the launcher had other children before */
	int no_lists;   /* the kernel does not list children */

	/* found by family_look; parents come before their children */
	unsigned count;
	struct kin *kin;
	unsigned count_before;
	struct kin *before;
};

/* Must be called before the first process exists: children that the launcher has by
 * then are strangers. Returns 0, or -errno. */
int family_begin(struct family *f, const pid_t loggers[2]);

/* Sets the first process, before it is waited for: its session and start are read. */
void family_start(struct family *f, pid_t first);

/* Updates the list of members. It may lack a process whose parent ends during the
 * look. An orphan that may be a stranger's is left out: if the launcher had other
 * children before, an orphan counts only in the first process's session, or if the
 * previous look has found it. */
void family_look(struct family *f);

/* The member with this pid, or NULL. */
const struct kin *family_find(const struct family *f, pid_t pid);

/* Is this a live member whose parent is the launcher: an orphan, or the first
 * process? */
int family_is_root(const struct family *f, const struct kin *kin);

/* Has this child of the launcher ended? Does not wait for it, so that its pid is
 * not reused. Returns 1, with *wait_status as of waitpid(2); 0 if not; or -errno
 * (-ECHILD: it is not our child). */
int family_ended(pid_t child, int *wait_status);

/* Waits for one orphan that has ended, but never for the first process, whose pid
 * must not be reused. Returns its pid, with *wait_status as of waitpid(2), or 0 if
 * there is none. */
pid_t family_reap(const struct family *f, int *wait_status);

#endif
