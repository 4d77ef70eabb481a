/* SPDX-License-Identifier: MIT */
#include "pidlock.h"

#include "process.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#define PID_TEXT 32

/* How long somebody else's lock may last that is no daemon's: a reader that
 * tests it, a dsig that removes the stale file, a starter that is writing. */
#define TRANSIENT_MS 1000
#define NAP_MS 2

pid_t pidlock_pid(int fd)
{
	char text[PID_TEXT];
	ssize_t n = pread(fd, text, sizeof text, 0);
	pid_t pid = n > 0 && n < (ssize_t)sizeof text ? pidfile_parse(text, (size_t)n) : 0;

	return pid > 0 ? pid : 0;
}

static struct flock whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

int pidlock_held(int fd, pid_t *holder)
{
	struct flock lock = whole_file();

	*holder = 0;
	if (fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	*holder = lock.l_pid;
	return 1;
}

int pidlock_take(int fd)
{
	struct flock lock = whole_file();

	return fcntl(fd, F_SETLK, &lock);
}

int pidlock_gone(const struct pidfile *p, const char *path)
{
	struct sys_stat open_file, named;

	if (sys_fstat(p->lock_fd, &open_file) < 0 || open_file.nlink == 0)
		return 1;
	if (sys_stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &named) == 0)
		return !sys_same(&open_file, &named);
	return errno == ENOENT;
}

pid_t pidlock_daemon(int fd, const struct sys_stat *file)
{
	pid_t pid = pidlock_pid(fd), holder;

	if (pid == 0 || pid == getpid())
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

/* Waits, bounded, for the flock and for the POSIX lock to be free, and holds
 * the flock then. 0, PIDFILE_GONE, or -1 with *why. */
static int wait_free(struct pidfile *p, const char *path, struct failure *why)
{
	pid_t holder = 0;

	for (int waited = 0; waited <= TRANSIENT_MS; waited += NAP_MS) {
		struct sys_stat now;
		pid_t running;

		if (flock(p->flock_fd, LOCK_EX | LOCK_NB) == 0) {
			if (!pidlock_held(p->lock_fd, &holder))
				return pidlock_gone(p, path) ? PIDFILE_GONE : 0;
			(void)flock(p->flock_fd, LOCK_UN);
		} else if (errno != EWOULDBLOCK && errno != EINTR) {
			return failure_set(why, STATUS_CANTCREAT, errno, "unable to lock pid file ",
			                   path);
		}
		if (pidlock_gone(p, path))
			return PIDFILE_GONE;
		if (sys_fstat(p->lock_fd, &now) < 0)
			now = p->file;
		running = pidlock_daemon(p->lock_fd, &now);
		if (running > 0)
			return already_running(why, running, path);
		(void)poll(NULL, 0, NAP_MS);
	}
	(void)pidlock_held(p->lock_fd, &holder);
	return already_running(why, holder, path);
}

/* Moves the flock from its descriptor to a mapping. Closing the descriptor
 * would drop a POSIX lock, so that one is taken later. overlayfs maps the
 * file underneath and the flock ends here: then the POSIX lock stands alone. */
static int map_flock(struct pidfile *p)
{
	void *map = mmap(NULL, PIDFILE_MAPPED, PROT_NONE, MAP_SHARED, p->flock_fd, 0);

	if (map == MAP_FAILED)
		return -1;
	(void)madvise(map, PIDFILE_MAPPED, MADV_DONTFORK);
	sys_close(p->flock_fd);
	p->flock_fd = -1;
	p->mapped = map;
	if (flock(p->lock_fd, LOCK_EX | LOCK_NB) == 0) {
		(void)flock(p->lock_fd, LOCK_UN);
		(void)munmap(map, PIDFILE_MAPPED);
		p->mapped = NULL;
	}
	return 0;
}

int pidfile_lock(struct pidfile *p, const char *path, struct failure *why)
{
	struct sys_stat now;
	pid_t holder, running;
	int r = wait_free(p, path, why);

	if (r != 0)
		return r;
	if (sys_fstat(p->lock_fd, &now) < 0 || map_flock(p) < 0)
		return failure_set(why, STATUS_CANTCREAT, errno, "unable to lock pid file ", path);
	if (pidlock_take(p->lock_fd) < 0) {
		if (errno != EAGAIN && errno != EACCES)
			return failure_set(why, STATUS_CANTCREAT, errno, "unable to lock pid file ",
			                   path);
		(void)pidlock_held(p->lock_fd, &holder);
		return already_running(why, holder, path);
	}
	/* Both are ours; but a daemon may live that has lost both. */
	running = pidlock_daemon(p->lock_fd, &now);
	return running > 0 ? already_running(why, running, path) : 0;
}
