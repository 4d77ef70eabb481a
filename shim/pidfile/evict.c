/* SPDX-License-Identifier: MIT */
#include "pidfile/evict.h"

#include "base/text.h"
#include "pidfile/evidence.h"

#include <errno.h>

#define EXCHANGE 2 /* RENAME_EXCHANGE */
#define OPEN (O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

/* Another evictor has the flag, or had: its name goes before its lock. */
static int is_busy(int error)
{
	return error == -EAGAIN || error == -EACCES || error == -EINTR;
}

/* e_open, e_lock: the descriptor, or -errno (-EAGAIN: it is another's). Who has
 * it is the only evictor. */
static int raise_flag(int dir, const char *name)
{
	struct sys_stat file;
	int fd = sys_raise(sys_openat(dir, name, OPEN, 0600)), r = fd;

	if (fd < 0)
		return fd == -EACCES ? -EPERM : fd;
	r = sys_fstat(fd, &file);
	if (r == 0 && (!S_ISREG(file.mode) || file.uid != sys_geteuid()))
		r = -EPERM; /* who has made it could lock it */
	if (r == 0)
		r = sys_lock(fd, F_WRLCK);
	if (r == 0 && pidfile_is(dir, name, &file) != 1)
		r = -EAGAIN;
	if (r == 0)
		return fd;
	sys_close(fd);
	return r;
}

/* e_check: with our flag up, a starter that has come since is seen here, or it
 * sees us; and a daemon that has come may have lost its locks again. */
static int is_free(const struct claim *c)
{
	struct evidence e;
	struct sys_stat now;

	if (pidfile_is(c->dir, c->base, &c->file) != 1 || sys_fstat(c->fd, &now) < 0)
		return 0;
	evidence_judge(c->fd, &now, pidfile_read(c->fd), &e);
	return e.kind == EVIDENCE_NONE && !e.is_ending && e.record.holder == 0;
}

/* e_new, e_swap: the new file's descriptor, with the write lock, or -errno. What
 * had its name was left by an evictor that was killed. */
static int exchange(const struct claim *c, struct sys_stat *file)
{
	char name[NAME_MAX + 1];
	struct text t;
	int fd, r;

	text_begin(&t, name, sizeof name);
	text_str(&t, ".");
	text_str(&t, c->base);
	text_str(&t, ".new");
	if (t.cut)
		return -ENAMETOOLONG;
	(void)sys_unlinkat(c->dir, name, 0);
	fd = sys_raise(sys_openat(c->dir, name, OPEN | O_EXCL, 0600));
	r = fd < 0 ? fd : sys_fstat(fd, file);
	if (r == 0)
		r = sys_lock(fd, F_WRLCK);
	if (r == 0)
		r = sys_renameat2(c->dir, name, c->dir, c->base, EXCHANGE);
	(void)sys_unlinkat(c->dir, name, 0); /* the old file's, now */
	if (r == 0)
		return fd;
	sys_close(fd);
	return r;
}

enum attempt evict(struct claim *c, mode_t mode)
{
	char name[NAME_MAX + 1];
	struct sys_stat file;
	int r = pidfile_flag(c->base, name);
	int flag = r < 0 ? r : raise_flag(c->dir, name);
	int fd;

	if (flag < 0)
		return is_busy(flag) ? ATTEMPT_AGAIN : ATTEMPT_FAILED;
	fd = is_free(c) ? exchange(c, &file) : -ENOENT;
	/* HAZARD: the name goes while its lock is held: dropped first, another
	 * evictor could lock the file and lose its name. */
	(void)sys_unlinkat(c->dir, name, 0);
	sys_close(flag);
	if (fd < 0)
		return fd == -ENOENT || is_busy(fd) ? ATTEMPT_AGAIN : ATTEMPT_FAILED;
	sys_close(c->fd);
	c->fd = fd;
	c->file = file;
	c->created = 1;
	(void)sys_fchmod(c->fd, mode);
	return ATTEMPT_CLAIMED;
}
