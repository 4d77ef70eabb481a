/* SPDX-License-Identifier: MIT */
#include "pidfile/evict.h"

#include "base/text.h"
#include "pidfile/evidence.h"

#include <errno.h>

#define EXCHANGE 2 /* RENAME_EXCHANGE */

/* The private file: nobody else can lock it, for nobody else may open it. */
struct private
{
	char name[NAME_MAX + 1];
	int fd;
	struct sys_stat file;
};

/* Does only a stranger hold the write lock that we are refused? Then this is an
 * old pid file, left under the private name by an evictor that was killed. */
static int is_leftover(const struct private *p)
{
	struct locks record, flock;

	locks_look(p->fd, &p->file, 0, &record, &flock);
	return record.holder == 0 && record.stranger != 0;
}

/* e_open, e_lock */
static int raise_flag(const struct claim *c, struct private *p)
{
	int r = pidfile_private(c->base, p->name);

	if (r < 0)
		return r;
	p->fd = sys_raise(sys_openat(c->dir, p->name,
	                             O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
	r = p->fd < 0 ? p->fd : sys_fstat(p->fd, &p->file);
	if (r < 0)
		return r;
	r = sys_lock(p->fd, F_WRLCK);
	if ((r == -EAGAIN || r == -EACCES) && pidfile_is(c->dir, p->name, &p->file) == 1 &&
	    is_leftover(p))
		(void)sys_unlinkat(c->dir, p->name, 0);
	return r;
}

/* e_check: with our flag up, a starter that has come since is seen here, or it
 * sees us. */
static int is_free(const struct claim *c, const struct private *p)
{
	struct locks record, flock;

	if (pidfile_is(c->dir, p->name, &p->file) != 1 ||
	    pidfile_is(c->dir, c->base, &c->file) != 1)
		return 0;
	locks_look(c->fd, &c->file, 0, &record, &flock);
	return record.holder == 0;
}

/* e_drop, and the end of e_look. HAZARD: the name goes while its lock is held:
 * dropped first, another evictor could lock the file and lose its name. */
static void lower_flag(const struct claim *c, const struct private *p)
{
	(void)sys_unlinkat(c->dir, p->name, 0);
}

int evict(struct claim *c, mode_t mode)
{
	struct private p = { .fd = -1 };
	int r = raise_flag(c, &p);

	if (r == -EAGAIN || r == -EACCES || r == -EINTR || (r == 0 && !is_free(c, &p))) {
		if (r == 0 && pidfile_is(c->dir, p.name, &p.file) == 1)
			lower_flag(c, &p);
		sys_close(p.fd);
		return EVICT_AGAIN;
	}
	if (r == 0)
		r = sys_renameat2(c->dir, p.name, c->dir, c->base, EXCHANGE);
	if (r < 0) {
		if (p.fd >= 0 && pidfile_is(c->dir, p.name, &p.file) == 1)
			lower_flag(c, &p);
		sys_close(p.fd);
		return r == -ENOENT ? EVICT_AGAIN : -1;
	}
	lower_flag(c, &p); /* the old file has the name now */
	sys_close(c->fd);
	c->fd = p.fd;
	c->file = p.file;
	c->created = 1;
	(void)sys_fchmod(c->fd, mode);
	return EVICTED;
}
