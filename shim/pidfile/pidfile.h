/* SPDX-License-Identifier: MIT */
/* pidfile - a file that names a daemon, and what proves that the daemon lives.
 *
 * Content: the decimal pid and a newline. Two locks, which the kernel drops
 * with the process, and each of which covers the other's hole:
 *
 *   record lock on an open descriptor: survives exec, is not inherited by
 *     workers, and the kernel names its holder; but it is lost when the program
 *     closes its descriptors (closefrom), or itself opens and closes the file.
 *   flock on a file that is only mapped: survives closefrom and is not
 *     inherited (MADV_DONTFORK); but it is lost at exec, and overlayfs does not
 *     keep it for the mapping.
 *
 * And a stamp, for a daemon that has lost both: the file's time has its start
 * time (evidence.h). The number alone is only a hint.
 *
 * Who does what:
 *   claim.h    the launcher takes the locks, writes, and leaves the daemon its own
 *   pidfile.h  the daemon keeps the locks, and at its end removes the file
 *   inspect.h  readers look, and never write or unlink */
#ifndef PIDFILE_H
#define PIDFILE_H

#include "base/report.h"
#include "base/sys.h"

/* Reads a pid strictly: [1-9][0-9]* up to the kernel's largest, then white
 * space, then the end. Returns it, 0 for an empty text, -1 for any other. */
pid_t pidfile_parse(const char *text, size_t len);

/* Reads what others write, too: the first number of the first line, after
 * blanks. Returns as above. */
pid_t pidfile_parse_foreign(const char *text, size_t len);

/* What the file behind fd holds, read strictly: a pid, 0 if it is empty, -1 if
 * it is none of these, or cannot be read. */
pid_t pidfile_read(int fd);

/* Is base in the directory dir still this file? 1, 0, or -errno when that
 * cannot be seen. */
int pidfile_is(int dir, const char *base, const struct sys_stat *file);

/* Is an evictor (evict.h) at work on base? Every holder of a lock asks before it
 * acts on the name ("look" of the model): either he sees the evictor's lock, or
 * the evictor sees his. */
int pidfile_evictor(int dir, const char *base);

/* Writes the name beside the pid file that an evictor locks. 0, or -ENAMETOOLONG. */
int pidfile_flag(const char *base, char name[NAME_MAX + 1]);

/* What a daemon has of its pid file. Part of the plan. */
struct pidfile {
	int lock_fd;          /* read-only; holds the record lock while it is open; -1: none */
	int flock_fd;         /* read-only, until the flock is mapped; -1: there is none */
	void *mapped;         /* holds the flock while it is mapped */
	struct sys_stat file; /* which file: device and inode */
	int is_sole;          /* no other process of the program will be named */
};

/* Makes the locks that the launcher has taken this process's own. Returns 0,
 * or -1 with *why described (STATUS_CANTCREAT). */
int pidfile_keep(struct pidfile *p, const char *path, struct failure *why);

/* At the end of the daemon: removes the file if it is still the same, names this
 * process or none, and nobody else has a lock on it. Else it stays, stale, which
 * hinders nobody. The process must end after this: its locks are gone. */
void pidfile_release(const struct pidfile *p, const char *path);

#endif
