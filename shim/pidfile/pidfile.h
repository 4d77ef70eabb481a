/* SPDX-License-Identifier: MIT */
/* pidfile - a file that names a daemon, and two locks that say it lives.
 *
 * Content: the decimal pid and a newline. Liveness: locks, which the kernel
 * drops with the process. One kind alone has a hole each:
 *
 *   POSIX record lock on an open descriptor: survives exec, is not
 *     inherited by workers, and the kernel names its holder; but it is lost
 *     when the program closes its descriptors (closefrom), or itself opens
 *     and closes the file.
 *   flock on a file that is only mapped: survives closefrom and is not
 *     inherited (MADV_DONTFORK); but it is lost at exec, and overlayfs does
 *     not keep it for the mapping.
 *
 * So the daemon holds both, a starter must get both, and who holds both may
 * unlink the file. The number is a hint; the locks, and failing them the
 * start time of the process, are the truth. */
#ifndef PIDFILE_H
#define PIDFILE_H

#include "base/report.h"
#include "base/sys.h"

/* A daemon's or a starter's hold on a pid file. */
struct pidfile {
	int flock_fd;         /* until the lock is mapped; then -1 */
	int lock_fd;          /* holds the POSIX lock while open */
#define PIDFILE_MAPPED 4096   /* bytes */
	void *mapped;         /* holds the flock while mapped; NULL: it does not */
	struct sys_stat file; /* which file: device and inode */
	int created;          /* it was not there before */
	int held;             /* pidfile_lock had both locks */
};

/* Opens path twice, creating it with mode whatever the umask is; regular
 * files only, no symbolic link. Nothing is locked or written.
 * Returns 0, or -1 with *why described (STATUS_CANTCREAT). */
int pidfile_open(struct pidfile *p, const char *path, mode_t mode, struct failure *why);

/* Closes what pidfile_open opened. Drops every lock of this process on it. */
void pidfile_close(struct pidfile *p);

/* Is a daemon running, without taking a lock that another starter would
 * stumble over? Returns its pid, or 0 when a start is worth trying. */
pid_t pidfile_peek(const struct pidfile *p);

/* Does the file name this process (0: none)? */
int pidfile_names(const struct pidfile *p, pid_t pid);

/* Takes both locks for this process. Returns 0; or PIDFILE_GONE when the
 * file was unlinked or replaced meanwhile, and the starter begins again; or
 * -1 with *why described (STATUS_TEMPFAIL: "already running as pid ..."). */
#define PIDFILE_GONE 1
int pidfile_lock(struct pidfile *p, const char *path, struct failure *why);

/* Writes this process's pid, never torn. Needs both locks. 0, or -1 with
 * *why described. */
int pidfile_write(const struct pidfile *p, const char *path, struct failure *why);

/* At the end of the daemon: unlinks the file if it is still ours, or empties
 * it where unlinking is refused. Safe to call when the program has closed
 * our descriptor, or the file is another's by now. */
void pidfile_release(struct pidfile *p, const char *path);

/* Unlinks a file that no daemon holds: takes both locks, sees that path is
 * still this file and that the process it names, if any, is not alive and
 * older than it. Returns 0, or -errno (EWOULDBLOCK: held). */
int pidfile_discard(const char *path, const struct sys_stat *file);

/* ---- Readers. They never write, never unlink. */

enum pidfile_state {
	PIDFILE_RUNNING,  /* a lock is held; kernel or start time confirm the pid */
	PIDFILE_STARTING, /* locked, no pid in it yet */
	PIDFILE_UNLOCKED, /* no lock, but the pid lives and is older than the file */
	PIDFILE_STALE,    /* the daemon is gone, the file is not */
	PIDFILE_STOPPED,  /* no file */
	PIDFILE_UNKNOWN,  /* unreadable, malformed, contradictory */
};

/* "running", "starting", ...: the same word in every tool. */
const char *pidfile_state_name(enum pidfile_state state);

struct pidfile_view {
	enum pidfile_state state;
	pid_t pid;            /* what the file says, 0: nothing usable */
	pid_t holder;         /* who holds the POSIX lock by the kernel's word; 0: nobody;
	                       * -1: somebody outside our pid namespace */
	int pidfd;            /* the very process that was verified; -1: none, or no pidfds here.
	                       * Belongs to the caller. */
	int confirmed;        /* the kernel itself ties pid to the file (holder == pid) */
	struct sys_stat file; /* owner, mode and time of the file */
	char why[160];        /* for UNKNOWN and STALE: the reason, for people */
};

/* Looks at path, as often as it takes to see one consistent state (a start
 * in progress is given 100 ms to write its pid).
 * Order matters: first the pidfd, then the checks; so what they confirm is
 * the process that the descriptor stands for, however pids are reused. */
void pidfile_inspect(const char *path, struct pidfile_view *view);

/* Reads a pid strictly: [1-9][0-9]* up to the kernel's largest, then white
 * space, then the end. Returns it, 0 for an empty text, -1 for any other. */
pid_t pidfile_parse(const char *text, size_t len);

#endif
