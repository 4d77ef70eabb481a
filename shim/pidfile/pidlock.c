/* SPDX-License-Identifier: MIT */
#include "pidfile/pidlock.h"

#include "base/process.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h> /* MADV_DONTFORK */

#define PID_TEXT 32

/* How long somebody else's lock may last that is no daemon's: a reader that
 * tests it, a dsig that removes the stale file, a starter that is writing. */
#define TRANSIENT_MS 1000
#define NAP_MS 2

pid_t pidlock_pid(int fd)
{
	char text[PID_TEXT];
	ssize_t n = sys_pread(fd, text, sizeof text, 0);
	pid_t pid = n > 0 && n < (ssize_t)sizeof text ? pidfile_parse(text, (size_t)n) : 0;

	return pid > 0 ? pid : 0;
}

int pidlock_held(int fd, pid_t *holder)
{
	*holder = 0;
	return sys_lock_holder(fd, F_WRLCK, holder) > 0;
}

int pidlock_take(int fd)
{
	return sys_lock(fd, F_WRLCK);
}

int pidlock_gone(const struct pidfile *p, const char *path)
{
	struct sys_stat open_file, named;
	int r;

	if (sys_fstat(p->lock_fd, &open_file) < 0 || open_file.nlink == 0)
		return 1;
	r = sys_stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &named);
	return r == 0 ? !sys_same(&open_file, &named) : r == -ENOENT;
}

pid_t pidlock_daemon(int fd, const struct sys_stat *file)
{
	pid_t pid = pidlock_pid(fd), holder;

	if (pid == 0 || pid == sys_getpid())
		return 0;
	if (pidlock_held(fd, &holder))
		return holder == pid ? pid : 0;
	return process_older(pid, file->mtime) == 1 ? pid : 0;
}

pid_t pidfile_peek(const struct pidfile *p)
{
	pid_t pid = pidlock_pid(p->lock_fd), holder;

	return pid > 0 && pidlock_held(p->lock_fd, &holder) && holder == pid ? pid : 0;
}

static int already_running(struct failure *why, pid_t pid, const char *path)
{
	char number[24];
	struct text t;

	if (pid == 0)
		return failure_set(why, STATUS_TEMPFAIL, 0,
		                   "already running, locked by another process (", path, ")");
	text_begin(&t, number, sizeof number);
	text_num(&t, pid);
	return failure_set(why, STATUS_TEMPFAIL, 0, "already running as pid ", number, " (", path,
	                   ")");
}

/* Each takes a lock: 0, or -errno, EWOULDBLOCK or EACCES while it is
 * somebody else's. The flock is no use to us while somebody has the other. */
static int take_flock(const struct pidfile *p)
{
	pid_t holder;
	int r = sys_flock(p->flock_fd, LOCK_EX | LOCK_NB);

	if (r < 0)
		return r;
	if (!pidlock_held(p->lock_fd, &holder))
		return 0;
	(void)sys_flock(p->flock_fd, LOCK_UN);
	return -EWOULDBLOCK;
}

static int take_posix(const struct pidfile *p)
{
	return pidlock_take(p->lock_fd);
}

/* Takes a lock, after a bounded wait if it must be. 0, PIDFILE_GONE, or -1
 * with *why. */
static int wait_take(int (*take)(const struct pidfile *), const struct pidfile *p, const char *path,
                     struct failure *why)
{
	pid_t holder = 0;

	for (int waited = 0; waited <= TRANSIENT_MS; waited += NAP_MS) {
		struct sys_stat now;
		pid_t running;
		int r = take(p);

		if (r == 0)
			return 0;
		if (r != -EWOULDBLOCK && r != -EACCES && r != -EINTR)
			return failure_set(why, STATUS_CANTCREAT, -r, "unable to lock pid file ",
			                   path);
		if (pidlock_gone(p, path))
			return PIDFILE_GONE;
		if (sys_fstat(p->lock_fd, &now) < 0)
			now = p->file;
		running = pidlock_daemon(p->lock_fd, &now);
		if (running > 0)
			return already_running(why, running, path);
		(void)sys_poll(NULL, 0, NAP_MS);
	}
	(void)pidlock_held(p->lock_fd, &holder);
	return already_running(why, holder, path);
}

/* Moves the flock from its descriptor to a mapping. Closing the descriptor
 * would drop a POSIX lock, so that one is taken later. overlayfs maps the
 * file underneath and the flock ends here: then the POSIX lock stands alone.
 * 0, or -errno. */
static int map_flock(struct pidfile *p)
{
	void *map;
	int r = sys_map_file(p->flock_fd, PIDFILE_MAPPED, &map);

	if (r < 0)
		return r;
	(void)sys_madvise(map, PIDFILE_MAPPED, MADV_DONTFORK);
	sys_close(p->flock_fd);
	p->flock_fd = -1;
	p->mapped = map;
	if (sys_flock(p->lock_fd, LOCK_EX | LOCK_NB) == 0) {
		(void)sys_flock(p->lock_fd, LOCK_UN);
		(void)sys_unmap(map, PIDFILE_MAPPED);
		p->mapped = NULL;
	}
	return 0;
}

int pidfile_lock(struct pidfile *p, const char *path, struct failure *why)
{
	struct sys_stat now;
	pid_t running;
	int r = wait_take(take_flock, p, path, why);

	if (r != 0)
		return r;
	r = map_flock(p);
	if (r < 0)
		return failure_set(why, STATUS_CANTCREAT, -r, "unable to lock pid file ", path);
	r = wait_take(take_posix, p, path, why);
	if (r != 0)
		return r;
	/* Only now, for where the flock could not be kept somebody may have
	 * had both in between. */
	if (pidlock_gone(p, path))
		return PIDFILE_GONE;
	r = sys_fstat(p->lock_fd, &now);
	if (r < 0)
		return failure_set(why, STATUS_CANTCREAT, -r, "unable to lock pid file ", path);
	p->held = 1;
	/* Both are ours; but a daemon may live that has lost both. */
	running = pidlock_daemon(p->lock_fd, &now);
	return running > 0 ? already_running(why, running, path) : 0;
}
