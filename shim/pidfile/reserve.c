/* SPDX-License-Identifier: MIT */
#include "pidfile/reserve.h"

#include "base/clock.h"
#include "base/path.h"

#include <errno.h>
#include <stddef.h>

#define NAP_MS 10

/* HAZARD: a record lock would be dropped when claim_take looks at this name and
 * closes it again; an open file description's is not. -EAGAIN: begin again. */
static int attempt(struct reserve *r)
{
	int e;

	r->fd = sys_raise(sys_openat(r->dir, r->name,
	                             O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
	e = r->fd < 0 ? r->fd : sys_fstat(r->fd, &r->file);
	if (e == 0)
		e = sys_lock_description(r->fd, F_WRLCK);
	if (e == 0 && pidfile_is(r->dir, r->name, &r->file) != 1)
		e = -EAGAIN;
	if (e < 0)
		sys_close(r->fd);
	return e == -EACCES ? -EAGAIN : e;
}

int reserve_take(struct reserve *r, const char *path, int wait_ms, struct failure *why)
{
	const long long until = clock_ms() + wait_ms;
	const char *base;
	int e;

	*r = RESERVE_NONE;
	e = r->dir = path_parent(path, &base);
	if (e >= 0)
		e = r->dir = sys_raise(r->dir);
	if (e >= 0)
		e = pidfile_flag(base, r->name);
	if (e >= 0)
		while ((e = attempt(r)) == -EAGAIN && clock_ms() < until)
			(void)sys_poll(NULL, 0, NAP_MS);
	if (e == 0)
		return 0;
	sys_close(r->dir);
	*r = RESERVE_NONE;
	if (e == -EAGAIN)
		return failure_set(why, STATUS_TEMPFAIL, 0, path,
		                   ": another start is replacing the daemon");
	return failure_set(why, STATUS_CANTCREAT, -e, "unable to reserve pid file ", path);
}

void reserve_end(struct reserve *r)
{
	if (r->fd < 0)
		return;
	if (pidfile_is(r->dir, r->name, &r->file) == 1)
		(void)sys_unlinkat(r->dir, r->name, 0);
	(void)sys_lock_description(r->fd, F_UNLCK); /* though a log command may have it, too */
	sys_close(r->fd);
	sys_close(r->dir);
	*r = RESERVE_NONE;
}
