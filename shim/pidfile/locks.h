/* SPDX-License-Identifier: MIT */
/* locks - who holds a lock on a pid file, and whether it counts.
 *
 * Whoever may read a file may lock it. So only locks of processes of root, of the
 * file's owner and of our own user count; the lock of anybody else, a stranger,
 * proves nothing and hinders nobody. The kernel names a holder by its pid, which
 * may have been reused: so that process must also have the file open or mapped. */
#ifndef LOCKS_H
#define LOCKS_H

#include "base/sys.h"

#define LOCKS_UNSEEN (-1) /* a holder that the kernel does not identify to us */

/* The holders of one kind of lock. */
struct locks {
	pid_t holder;   /* one that counts, preferably the wanted one; LOCKS_UNSEEN: one that
	                 * we cannot identify and assume to count; 0: none */
	pid_t stranger; /* one that does not count; LOCKS_UNSEEN: not identified; 0: none */
};

/* Finds the holders of record locks and flocks on the file behind fd, whose status
 * is file, preferably process wanted (0: any). Does not see our own record locks.
 * Takes no lock, except for a moment a flock if nothing else shows whether there is
 * one. */
void locks_look(int fd, const struct sys_stat *file, pid_t wanted, struct locks *record,
                struct locks *flock);

#endif
