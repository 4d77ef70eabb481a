/* SPDX-License-Identifier: MIT */
#include "pidfile/reserve.h"

#include "base/clock.h"
#include "base/path.h"

#include <errno.h>
#include <stddef.h>

#define NAP_MS 10

/* e_open, e_lock, e_mine; p_open, p_lock, p_mine. HAZARD: an ordinary record lock
 * would be lost when we check this name, as every starter does, and close its
 * descriptor; an open file description lock is not. */
int reserve_try(struct reserve *r, int dir, const char *base)
{
	struct sys_stat file;
	int e = pidfile_flag(base, r->name);

	if (e < 0)
		return e;
	r->dir = dir;
	e = r->fd = sys_raise(sys_openat(
		dir, r->name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
	if (e < 0)
		return e;
	e = sys_fstat(r->fd, &file);
	if (e == 0 && (!S_ISREG(file.mode) || file.uid != sys_geteuid()))
		e = -EPERM; /* its owner could lock it for ever */
	if (e == 0)
		e = sys_lock_description(r->fd, F_WRLCK);
	if (e == -EACCES || e == -EINTR)
		e = -EAGAIN;
	if (e == 0 && pidfile_is(dir, r->name, &file) != 1)
		e = -EAGAIN;
	if (e < 0)
		sys_close(r->fd);
	return e;
}

/* e_drop, e_end; p_drop, p_end. HAZARD: unlink while the lock is held: otherwise another process
 * could lock the file, and then lose its name. */
void reserve_drop(struct reserve *r)
{
	(void)sys_unlinkat(r->dir, r->name, 0);
	(void)sys_lock_description(r->fd, F_UNLCK); /* a child may still share the description */
	sys_close(r->fd);
}

int reserve_take(struct reserve *r, const char *path, int wait_ms, struct failure *why)
{
	const long long until = clock_ms() + wait_ms;
	const char *base;
	int dir = sys_raise(path_parent(path, &base)), e = dir;

	if (dir >= 0)
		while ((e = reserve_try(r, dir, base)) == -EAGAIN && clock_ms() < until)
			(void)sys_poll(NULL, 0, NAP_MS);
	if (e == 0)
		return 0;
	sys_close(dir);
	*r = RESERVE_NONE;
	return failure_set(why, STATUS_CANTCREAT, e == -EAGAIN ? 0 : -e,
	                   "unable to reserve pid file ", path,
	                   e == -EAGAIN ? ": another start is replacing the daemon" : "");
}

void reserve_end(struct reserve *r)
{
	if (r->fd < 0)
		return;
	reserve_drop(r);
	sys_close(r->dir);
	*r = RESERVE_NONE;
}
