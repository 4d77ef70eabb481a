/* SPDX-License-Identifier: MIT */
/* family - the processes that descend from the one that we have started.
 *
 * The launcher is a subreaper: whatever loses its parent becomes its child, so
 * nothing leaves the family. */
#ifndef FAMILY_H
#define FAMILY_H

#include <stdint.h>
#include <sys/types.h>

#define FAMILY_MAX 512

struct kin {
	pid_t pid;
	uint64_t began; /* with the pid: which process; start_ticks of process.h */
	pid_t parent;
	pid_t session;
	unsigned threads;
	long long worked_ms; /* on processors */
	int ended;           /* and still to be waited for */
	int asked;           /* the caller's: kept from one look to the next */
};

struct family {
	pid_t first;      /* the process that we have started, a child of ours */
	pid_t loggers[2]; /* children of ours that are none of the family, 0: none */

	/* private */
	pid_t launcher;
	pid_t session;  /* the first process's own, which nobody else can enter */
	uint64_t began; /* the first process's start */
	int strangers;  /* we had other children before */
	int no_lists;   /* the kernel does not list children */

	/* what family_look has seen: parents before their children */
	unsigned count;
	struct kin *kin;
	unsigned count_before;
	struct kin *before;
};

/* To be called before the first process exists: whoever is a child of ours by
 * then is a stranger. Returns 0, or -errno. */
int family_begin(struct family *f, const pid_t loggers[2]);

/* Says which is the first process, while it can still be seen. */
void family_start(struct family *f, pid_t first);

/* Looks who is there now. A process that is not seen may exist all the same: its
 * parent has ended while we looked. What may as well be a stranger's is left out:
 * where we had children before, an orphan counts when it lives in the first
 * process's session, or was seen in the family earlier. */
void family_look(struct family *f);

/* A member by its pid, or NULL. */
const struct kin *family_find(const struct family *f, pid_t pid);

/* Is this a live member that has lost its parent (or the first process itself)? */
int family_is_root(const struct family *f, const struct kin *kin);

/* Has a child of ours ended? It is not waited for, so that its number stays its own. 1, with
 * *wait_status as of waitpid(2); 0 no; or -errno (ECHILD: it is no child of ours). */
int family_ended(pid_t child, int *wait_status);

/* Waits for an orphan that has ended; not for the first process, whose number is to stay
 * its own. Returns its pid, with *wait_status as of waitpid(2), or 0 for none. */
pid_t family_reap(const struct family *f, int *wait_status);

#endif
