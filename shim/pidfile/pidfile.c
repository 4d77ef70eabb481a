/* SPDX-License-Identifier: MIT */
#include "pidfile/pidfile.h"

#include "base/text.h"
#include "pidfile/pidlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#define PID_LIMIT 4194304 /* PID_MAX_LIMIT of the kernel, for every 64-bit one */

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

int pidfile_names(const struct pidfile *p, pid_t pid)
{
	return pid > 0 && pidlock_pid(p->lock_fd) == pid;
}

/* ---- open, close */

static int unlink_path(const char *path)
{
	return sys_unlinkat(AT_FDCWD, path, 0);
}

static int reopen(const char *path)
{
	return sys_open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
}

/* O_EXCL first, to know whether the file is ours; and no O_CREAT on one
 * that exists, which sysctl fs.protected_regular refuses in /tmp. Returns a
 * descriptor, or -errno. */
static int open_or_create(const char *path, mode_t mode, int *created)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	for (;;) {
		int fd = sys_open(path, flags | O_CREAT | O_EXCL, 0600), r;

		*created = 0;
		if (fd >= 0) {
			*created = 1;
			r = sys_fchmod(fd, mode);
			if (r == 0)
				return fd;
			(void)unlink_path(path);
			sys_close(fd);
			return r;
		}
		if (fd != -EEXIST)
			return fd;
		fd = sys_open(path, flags, 0);
		if (fd != -ENOENT)
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

/* What we have created and cannot use goes again, unless another starter
 * holds it by now. Not by pidfile_discard, for there may be no descriptor
 * left to open it with. */
static void uncreate(struct pidfile *p, const char *path)
{
	if (p->created && p->lock_fd >= 0 && sys_flock(p->lock_fd, LOCK_EX | LOCK_NB) == 0 &&
	    pidlock_take(p->lock_fd) == 0 && !pidlock_gone(p, path))
		(void)unlink_path(path);
}

int pidfile_open(struct pidfile *p, const char *path, mode_t mode, struct failure *why)
{
	struct sys_stat twin;
	int r;

	*p = (struct pidfile){ .flock_fd = -1, .lock_fd = -1 };
	for (;;) {
		p->lock_fd = open_or_create(path, mode, &p->created);
		r = p->lock_fd < 0 ? p->lock_fd : sys_fstat(p->lock_fd, &p->file);
		if (r < 0)
			break;
		if (!S_ISREG(p->file.mode)) {
			pidfile_close(p);
			return failure_set(why, STATUS_CANTCREAT, 0, "unable to open pid file ",
			                   path, ": not a regular file");
		}
		r = p->flock_fd = reopen(path);
		if (r < 0 && r != -ENOENT)
			break;
		if (p->flock_fd >= 0 && sys_fstat(p->flock_fd, &twin) == 0 &&
		    sys_same(&p->file, &twin))
			return 0;
		pidfile_close(p); /* replaced between the two: again */
	}
	open_failed(why, path, -r);
	uncreate(p, path);
	pidfile_close(p);
	return -1;
}

void pidfile_close(struct pidfile *p)
{
	if (p->mapped != NULL)
		(void)sys_unmap(p->mapped, PIDFILE_MAPPED);
	sys_close(p->flock_fd);
	sys_close(p->lock_fd);
	p->mapped = NULL;
	p->flock_fd = p->lock_fd = -1;
}

/* ---- write, remove */

/* All of the line, never torn: 0, or -errno. */
static int write_line(int fd, const char *line, size_t len)
{
	struct sys_stat before;
	ssize_t n = 0;

	if (sys_file_size_limit() < len)
		return -EFBIG; /* which would come with a signal that kills */
	/* Emptied first: the size grows when the bytes are in place, so a
	 * reader sees nothing or all of it. Written over another number, it
	 * was seen to read some of both. A new file needs no truncating,
	 * which costs as much as writing. */
	if (sys_fstat(fd, &before) < 0 || before.size != 0)
		n = sys_truncate_to_nothing(fd);
	if (n < 0)
		return (int)n;
	do
		n = sys_pwrite(fd, line, len, 0);
	while (n == -EINTR);
	if (n < 0)
		return (int)n;
	return (size_t)n == len ? 0 : -ENOSPC;
}

int pidfile_write(const struct pidfile *p, const char *path, struct failure *why)
{
	char line[24];
	struct text t;
	int r;

	text_begin(&t, line, sizeof line);
	text_num(&t, sys_getpid());
	text_str(&t, "\n");
	r = write_line(p->lock_fd, line, (size_t)(t.at - t.start));
	if (r == 0)
		return 0;
	(void)sys_truncate_to_nothing(p->lock_fd);
	return failure_set(why, STATUS_CANTCREAT, -r, "unable to write pid file ", path);
}

/* Makes lock_fd a descriptor of the pid file again if the program has closed
 * it, and its POSIX lock ours. 0, or -errno when the file is another's. */
static int regain(struct pidfile *p, const char *path)
{
	struct sys_stat now;

	if (sys_fstat(p->lock_fd, &now) < 0 || !sys_same(&now, &p->file)) {
		p->lock_fd = reopen(path);
		if (p->lock_fd < 0 || sys_fstat(p->lock_fd, &now) < 0 || !sys_same(&now, &p->file))
			return -ESTALE;
	}
	return pidlock_take(p->lock_fd);
}

void pidfile_release(struct pidfile *p, const char *path)
{
	if (p->held && regain(p, path) == 0 && pidlock_pid(p->lock_fd) == sys_getpid() &&
	    (pidlock_gone(p, path) || unlink_path(path) < 0))
		(void)sys_truncate_to_nothing(p->lock_fd);
}

int pidfile_discard(const char *path, const struct sys_stat *file)
{
	/* One descriptor can have both locks, and the last one may be all there is. */
	struct pidfile p = { .flock_fd = -1, .file = *file };
	struct sys_stat now;
	int r;

	p.lock_fd = reopen(path);
	if (p.lock_fd < 0)
		return p.lock_fd;
	r = sys_flock(p.lock_fd, LOCK_EX | LOCK_NB);
	if (r == 0)
		r = pidlock_take(p.lock_fd);
	if (r == 0) {
		r = -EWOULDBLOCK;
		if (sys_fstat(p.lock_fd, &now) == 0 && sys_same(&now, file) &&
		    !pidlock_gone(&p, path) && pidlock_daemon(p.lock_fd, &now) == 0)
			r = unlink_path(path);
	}
	pidfile_close(&p);
	return r;
}
