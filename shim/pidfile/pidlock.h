/* SPDX-License-Identifier: MIT */
/* pidlock - the locks of a pid file, for pidfile's own parts. */
#ifndef PIDLOCK_H
#define PIDLOCK_H

#include "pidfile/pidfile.h"

/* The pid in an open pid file; 0 when there is none that can be used. */
pid_t pidlock_pid(int fd);

/* Does another process hold the POSIX lock? *holder is the kernel's word. */
int pidlock_held(int fd, pid_t *holder);

/* Takes the POSIX lock, or has it already. 0, or -errno. */
int pidlock_take(int fd);

/* Is what p has open no longer what path names? A lock on it protects
 * nothing. Where path cannot be looked at (after a user switch), an unlinked
 * file still shows by its link count. */
int pidlock_gone(const struct pidfile *p, const char *path);

/* The daemon that certainly runs, 0 when there is none for certain: a lock
 * whose holder is not the one that the file names may be a daemon about to
 * write, or somebody passing by. */
pid_t pidlock_daemon(int fd, const struct sys_stat *file);

#endif
