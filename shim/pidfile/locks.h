/* SPDX-License-Identifier: MIT */
/* locks - who holds a lock on a pid file, and whether that counts.
 *
 * Whoever may read a file may lock it. So only locks of root's processes, of
 * the file owner's and of our own user's count: a stranger's proves nothing and
 * hinders nobody. The kernel's word is a number, which may have gone to another
 * process since: that must have the file open, or mapped. */
#ifndef LOCKS_H
#define LOCKS_H

#include "base/sys.h"

#define LOCKS_UNSEEN (-1) /* a holder that the kernel does not name to us */

/* The holders of one kind of lock. */
struct locks {
	pid_t holder;   /* one that counts, the wanted one if it does; LOCKS_UNSEEN: somebody
	                 * outside our pid namespace, who has to be believed; 0: none */
	pid_t stranger; /* one that does not count, LOCKS_UNSEEN: unnamed; 0: none */
};

/* Looks at the record locks and the flocks of a file, whose descriptor and
 * status are given, preferably for those of process wanted. Our own record
 * locks are not seen. Takes no lock, but for a moment a flock when nothing
 * else tells whether there is one. */
void locks_look(int fd, const struct sys_stat *file, pid_t wanted, struct locks *record,
                struct locks *flock);

#endif
