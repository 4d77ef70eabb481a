/* SPDX-License-Identifier: MIT */
/* pidfile - a file that names a daemon, and proof that the daemon lives.
 *
 * Content: the decimal pid and a newline. Two locks, which the kernel drops when
 * the process ends; each makes up for a weakness of the other:
 *
 *    record lock on an open descriptor: survives exec, is not inherited by
 *      child processes, and the kernel names its holder; but it is lost when the
 *      program closes its descriptors (closefrom), or opens and closes the file.
 *    flock on a file that is only mapped: survives closefrom and is not
 *      inherited (MADV_DONTFORK); but it is lost at exec, and on overlayfs a
 *      mapping does not keep it.
 *
 * And a stamp, for a daemon that has lost both: the file's modification time is
 * derived from its start time (evidence.h). The pid alone is only a hint.
 *
 * Who does what:
 *    claim.h    the launcher takes the locks, writes, and passes descriptors on
 *    pidfile.h  the daemon takes the locks, and at its end removes the file
 *    inspect.h  readers look, and never write or unlink */
#ifndef PIDFILE_H
#define PIDFILE_H

#include "base/report.h"
#include "base/sys.h"

/* Parses a pid strictly: [1-9][0-9]* up to the kernel's limit, then only white
 * space. Returns it, 0 if text is empty, -1 if it is anything else. */
pid_t pidfile_parse(const char *text, size_t len);

/* Parses what other programs write, too: the first number of the first line, after
 * blanks. Returns the same. */
#define PIDFILE_TEXT 64 /* enough for their first line */
pid_t pidfile_parse_foreign(const char *text, size_t len);

/* Parses the file behind fd strictly. Returns the pid, 0 if the file is empty, -1
 * if it holds anything else or cannot be read. */
pid_t pidfile_read(int fd);

/* Does base in the directory dir still name this file? Returns 1, 0, or -errno if
 * that cannot be seen. */
int pidfile_is(int dir, const char *base, const struct sys_stat *file);

/* Is an evictor (evict.h) at work on base? Every holder of a lock must ask before
 * it acts on the name ("look" of the model): then either it sees the evictor's
 * lock, or the evictor sees its lock. */
int pidfile_evictor(int dir, const char *base);

/* Writes the name of the flag, the file beside the pid file that an evictor locks.
 * Returns 0, or -ENAMETOOLONG. */
int pidfile_flag(const char *base, char name[NAME_MAX + 1]);

/* A daemon's pid file. Part of the plan. */
struct pidfile {
	int lock_fd;          /* read-only; holds the record lock while it is open; -1: none */
	int flock_fd;         /* read-only, until the file is mapped; -1: none */
	void *mapped;         /* holds the flock while it is mapped */
	struct sys_stat file; /* which file: device and inode */
	int is_sole;          /* the launcher will name no other process of the program */
};

/* Makes this process the holder of the locks that the launcher has taken. Returns
 * 0, or -1 with *why described (STATUS_CANTCREAT). */
int pidfile_keep(struct pidfile *p, const char *path, struct failure *why);

/* At the end of the daemon: removes the file if it is still the same, names this
 * process or none, and nobody else has a lock on it. Otherwise it stays, stale,
 * which hinders nobody. The process must end after this, because the descriptors
 * opened here are never closed, which would drop the locks. */
void pidfile_release(const struct pidfile *p, const char *path);

#endif
