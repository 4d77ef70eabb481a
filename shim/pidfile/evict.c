/* SPDX-License-Identifier: MIT */
#include "pidfile/evict.h"

#include "base/text.h"
#include "pidfile/evidence.h"
#include "pidfile/reserve.h"

#include <errno.h>

#define EXCHANGE 2 /* RENAME_EXCHANGE */
#define OPEN (O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

/* e_check: while we hold the flag, a starter that came since either is seen here or
 * sees the flag. e_judge comes last: a process that held a lock when we looked may
 * have written a pid and left since, and its daemon may have lost its locks. */
static int is_free(const struct claim *c)
{
	struct locks record, flock;
	struct evidence e;
	struct sys_stat now;

	if (pidfile_is(c->dir, c->base, &c->file) != 1)
		return 0;
	locks_look(c->fd, &c->file, 0, &record, &flock);
	if (record.holder != 0 || sys_fstat(c->fd, &now) < 0)
		return 0;
	evidence_judge(c->fd, &now, pidfile_read(c->fd), &e);
	return e.kind == EVIDENCE_NONE && !e.is_ending && !e.is_unseen && e.record.holder == 0;
}

/* e_new, e_swap: locks a new file and exchanges it with the old one. Returns its
 * descriptor, or -errno. A file that has the new name already was left by an
 * evictor that was killed. */
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
	(void)sys_unlinkat(c->dir, name, 0); /* e_unlink: now the old file's name */
	if (r == 0)
		return fd;
	sys_close(fd);
	return r;
}

enum attempt evict(struct claim *c, mode_t mode)
{
	struct sys_stat file;
	struct reserve flag;
	int fd = c->reserved ? 0 : reserve_try(&flag, c->dir, c->base);

	if (fd < 0)
		return fd == -EAGAIN ? ATTEMPT_AGAIN : ATTEMPT_FAILED;
	fd = is_free(c) ? exchange(c, &file) : -ENOENT;
	if (!c->reserved)
		reserve_drop(&flag);
	if (fd < 0)
		return fd == -ENOENT || fd == -EAGAIN ? ATTEMPT_AGAIN : ATTEMPT_FAILED;
	sys_close(c->fd);
	c->fd = fd;
	c->file = file;
	c->created = 1;
	(void)sys_fchmod(c->fd, mode);
	return ATTEMPT_CLAIMED;
}
