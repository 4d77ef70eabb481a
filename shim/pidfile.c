/* SPDX-License-Identifier: MIT */
#include "pidfile.h"

#include "process.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAPPED_BYTES 4096
#define PID_TEXT 32
#define PID_LIMIT 4194304 /* PID_MAX_LIMIT of the kernel, for every 64-bit one */

/* How long somebody else's lock may last that is no daemon's: a reader that
 * tests it, a dsig that removes the stale file, a starter that is writing. */
#define TRANSIENT_MS 1000
#define NAP_MS 2

pid_t pidfile_parse(const char *text, size_t len)
{
	const char *end = text + len;
	long long n = 0;

	if (len == 0)
		return 0;
	if (*text < '1' || *text > '9')
		return -1;
	for (; text < end && *text >= '0' && *text <= '9'; text++) {
		n = n * 10 + (*text - '0');
		if (n > PID_LIMIT)
			return -1;
	}
	for (; text < end; text++)
		if (*text != '\n' && *text != ' ' && *text != '\t' && *text != '\r')
			return -1;
	return (pid_t)n;
}

/* The pid in an open pid file; 0 when there is none that can be used. */
static pid_t read_pid(int fd)
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

/* Does somebody hold the POSIX lock? If so *holder is the kernel's word. */
static int posix_held(int fd, pid_t *holder)
{
	struct flock lock = whole_file();

	*holder = 0;
	if (fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	*holder = lock.l_pid;
	return 1;
}

static int posix_lock(int fd)
{
	struct flock lock = whole_file();

	return fcntl(fd, F_SETLK, &lock);
}

/* ---- open, close */

/* O_EXCL first, to know whether the file is ours; and no O_CREAT on one
 * that exists, which sysctl fs.protected_regular refuses in /tmp. */
static int open_or_create(const char *path, mode_t mode, int *created)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	for (;;) {
		int fd = open(path, flags | O_CREAT | O_EXCL, 0600);

		if (fd >= 0) {
			*created = 1;
			if (fchmod(fd, mode) == 0)
				return fd;
			(void)unlink(path);
			sys_close(fd);
			return -1;
		}
		if (errno != EEXIST)
			return -1;
		fd = open(path, flags);
		if (fd >= 0 || errno != ENOENT)
			return fd;
		/* unlinked between the two: again */
	}
}

static int open_failed(struct failure *why, const char *path, int error)
{
	if (error == ELOOP)
		return failure_set(why, STATUS_CANTCREAT, 0, "unable to open pid file ", path,
		                   ": is a symbolic link");
	return failure_set(why, STATUS_CANTCREAT, error, "unable to open pid file ", path);
}

int pidfile_open(struct pidfile *p, const char *path, mode_t mode, struct failure *why)
{
	struct sys_stat twin;

	*p = (struct pidfile){ .flock_fd = -1, .lock_fd = -1 };
	for (;;) {
		p->lock_fd = open_or_create(path, mode, &p->created);
		if (p->lock_fd < 0 || sys_fstat(p->lock_fd, &p->file) < 0)
			break;
		if (!S_ISREG(p->file.mode)) {
			pidfile_close(p);
			return failure_set(why, STATUS_CANTCREAT, 0, "unable to open pid file ",
			                   path, ": not a regular file");
		}
		p->flock_fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (p->flock_fd < 0 && errno != ENOENT)
			break;
		if (p->flock_fd >= 0 && sys_fstat(p->flock_fd, &twin) == 0 &&
		    sys_same(&p->file, &twin))
			return 0;
		pidfile_close(p); /* replaced between the two: again */
	}
	open_failed(why, path, errno);
	pidfile_close(p);
	return -1;
}

void pidfile_close(struct pidfile *p)
{
	if (p->mapped != NULL)
		(void)munmap(p->mapped, MAPPED_BYTES);
	sys_close(p->flock_fd);
	sys_close(p->lock_fd);
	p->mapped = NULL;
	p->flock_fd = p->lock_fd = -1;
}

/* ---- lock */

/* The daemon that certainly runs, 0 when there is none for certain. A lock
 * whose holder is not the one that the file names may be a daemon about to
 * write, or somebody passing by. */
static pid_t certain_daemon(int fd, const struct sys_stat *file)
{
	pid_t pid = read_pid(fd), holder;

	if (pid == 0 || pid == getpid())
		return 0;
	if (posix_held(fd, &holder))
		return holder == pid ? pid : 0;
	return process_older(pid, file->mtime) == 1 ? pid : 0;
}

pid_t pidfile_peek(const struct pidfile *p)
{
	pid_t pid = read_pid(p->lock_fd), holder;

	return pid > 0 && posix_held(p->lock_fd, &holder) && holder == pid ? pid : 0;
}

int pidfile_names(const struct pidfile *p, pid_t pid)
{
	return pid > 0 && read_pid(p->lock_fd) == pid;
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

/* The unlink race: what we opened may no longer be what path names, and a
 * lock on it protects nothing. Where path cannot be looked at (after a user
 * switch), an unlinked file still shows by its link count. */
static int gone(const struct pidfile *p, const char *path)
{
	struct sys_stat open_file, named;

	if (sys_fstat(p->lock_fd, &open_file) < 0 || open_file.nlink == 0)
		return 1;
	if (sys_stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &named) == 0)
		return !sys_same(&open_file, &named);
	return errno == ENOENT;
}

/* Waits, bounded, for the flock and for the POSIX lock to be free, and holds
 * the flock then. 0, PIDFILE_GONE, or -1 with *why. */
static int wait_free(struct pidfile *p, const char *path, struct failure *why)
{
	pid_t holder = 0;

	for (int waited = 0; waited <= TRANSIENT_MS; waited += NAP_MS) {
		struct sys_stat now;
		pid_t running;

		if (gone(p, path))
			return PIDFILE_GONE;
		if (flock(p->flock_fd, LOCK_EX | LOCK_NB) == 0) {
			if (!posix_held(p->lock_fd, &holder))
				return gone(p, path) ? PIDFILE_GONE : 0;
			(void)flock(p->flock_fd, LOCK_UN);
		} else if (errno != EWOULDBLOCK && errno != EINTR) {
			return failure_set(why, STATUS_CANTCREAT, errno, "unable to lock pid file ",
			                   path);
		}
		if (sys_fstat(p->lock_fd, &now) < 0)
			now = p->file;
		running = certain_daemon(p->lock_fd, &now);
		if (running > 0)
			return already_running(why, running, path);
		(void)poll(NULL, 0, NAP_MS);
	}
	(void)posix_held(p->lock_fd, &holder);
	return already_running(why, holder, path);
}

/* Moves the flock from its descriptor to a mapping. Closing the descriptor
 * would drop a POSIX lock, so that one is taken later. overlayfs maps the
 * file underneath and the flock ends here: then the POSIX lock stands alone. */
static int map_flock(struct pidfile *p)
{
	void *map = mmap(NULL, MAPPED_BYTES, PROT_NONE, MAP_SHARED, p->flock_fd, 0);

	if (map == MAP_FAILED)
		return -1;
	(void)madvise(map, MAPPED_BYTES, MADV_DONTFORK);
	sys_close(p->flock_fd);
	p->flock_fd = -1;
	p->mapped = map;
	if (flock(p->lock_fd, LOCK_EX | LOCK_NB) == 0) {
		(void)flock(p->lock_fd, LOCK_UN);
		(void)munmap(map, MAPPED_BYTES);
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
	if (posix_lock(p->lock_fd) < 0) {
		if (errno != EAGAIN && errno != EACCES)
			return failure_set(why, STATUS_CANTCREAT, errno, "unable to lock pid file ",
			                   path);
		(void)posix_held(p->lock_fd, &holder);
		return already_running(why, holder, path);
	}
	/* Both are ours; but a daemon may live that has lost both. */
	running = certain_daemon(p->lock_fd, &now);
	return running > 0 ? already_running(why, running, path) : 0;
}

/* ---- write, remove */

int pidfile_write(const struct pidfile *p, const char *path, struct failure *why)
{
	char line[24];
	struct text t;
	ssize_t len, n;

	text_begin(&t, line, sizeof line);
	text_num(&t, getpid());
	text_str(&t, "\n");
	len = t.at - t.start;
	do
		n = pwrite(p->lock_fd, line, (size_t)len, 0);
	while (n < 0 && errno == EINTR);
	if (n == len && ftruncate(p->lock_fd, len) == 0)
		return 0;
	failure_set(why, STATUS_CANTCREAT, n >= 0 && n < len ? ENOSPC : errno,
	            "unable to write pid file ", path);
	(void)!ftruncate(p->lock_fd, 0);
	return -1;
}

/* Makes lock_fd a descriptor of the pid file again if the program has closed
 * it, and its POSIX lock ours. 0, or -1 when the file is another's. */
static int regain(struct pidfile *p, const char *path)
{
	struct sys_stat now;

	if (sys_fstat(p->lock_fd, &now) < 0 || !sys_same(&now, &p->file)) {
		p->lock_fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (p->lock_fd < 0 || sys_fstat(p->lock_fd, &now) < 0 || !sys_same(&now, &p->file))
			return -1;
	}
	if (p->mapped == NULL && flock(p->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return -1;
	return posix_lock(p->lock_fd);
}

void pidfile_release(struct pidfile *p, const char *path)
{
	int saved = errno;

	if (regain(p, path) == 0 && read_pid(p->lock_fd) == getpid() &&
	    (gone(p, path) || unlink(path) < 0))
		(void)!ftruncate(p->lock_fd, 0);
	errno = saved;
}

int pidfile_discard(const char *path, const struct sys_stat *file)
{
	struct pidfile p = { .flock_fd = -1, .lock_fd = -1, .file = *file };
	int r = -1;

	p.lock_fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (p.lock_fd < 0)
		return -1;
	p.flock_fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (p.flock_fd >= 0 && flock(p.flock_fd, LOCK_EX | LOCK_NB) == 0 &&
	    posix_lock(p.lock_fd) == 0) {
		struct sys_stat now, twin;

		errno = EWOULDBLOCK;
		if (sys_fstat(p.lock_fd, &now) == 0 && sys_same(&now, file) &&
		    sys_fstat(p.flock_fd, &twin) == 0 && sys_same(&now, &twin) &&
		    !gone(&p, path) && certain_daemon(p.lock_fd, &now) == 0)
			r = unlink(path);
	}
	pidfile_close(&p);
	return r;
}
