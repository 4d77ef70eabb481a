/* SPDX-License-Identifier: MIT */
#include "launcher/foreground.h"

#include "base/sys.h"
#include "daemon/apply.h"
#include "launcher/prepare.h"

#include <errno.h>
#include <unistd.h>

#define WAIT_MS 1000
#define NAP_MS 1

/* Turns the launcher's locks into the program's, which are held by the same
 * process. HAZARD: closing the claim's descriptors drops the record lock. Until we
 * have it again, the time stamp keeps other starters away; they may hold the lock
 * for a moment to look. */
static int keep_pidfile(struct launch *l)
{
	struct claim *c = &l->claim;
	struct pidfile *p = &l->plan->pidfile;
	int r;

	if (l->plan->pidfile_path == 0)
		return 0;
	if (claim_write(c, sys_getpid(), &l->why) < 0)
		return -1;
	LAUNCH_STEP(l, "wrote ", l->o->pidfile);
	if (c->flock_fd != p->flock_fd)
		sys_close(c->flock_fd);
	sys_close(c->fd);
	c->fd = c->flock_fd = c->lock_fd = -1;
	for (int waited = 0;; waited += NAP_MS) {
		r = pidfile_keep(p, l->o->pidfile, &l->why);
		if (r == 0 || waited >= WAIT_MS ||
		    (l->why.error != EAGAIN && l->why.error != EACCES))
			break;
		(void)sys_poll(NULL, 0, NAP_MS);
	}
	l->plan->pidfile_path = 0; /* apply_plan need not do it */
	reserve_end(&l->reserve);
	return r;
}

static int take_stream(struct launch *l, int fd, int stream)
{
	int r = fd == stream ? 0 : sys_dup2(fd, stream);

	return r < 0 ? prepare_os_error(l, -r, "duplicate a descriptor") : 0;
}

/* Redirects the standard streams last: earlier errors must reach the caller's
 * stderr. */
static int execute(struct launch *l)
{
	int caller = sys_raise(sys_fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));

	if (take_stream(l, l->in, STDIN_FILENO) < 0 ||
	    take_stream(l, l->out.fd, STDOUT_FILENO) < 0 ||
	    take_stream(l, l->err.fd, STDERR_FILENO) < 0)
		return -1;
	copy_execute(&l->copy, &l->why);
	(void)sys_dup2(caller, STDERR_FILENO);
	return -1;
}

int foreground(struct launch *l)
{
	int r;

	l->copy.channel = -1;
	r = prepare_copy(l);
	l->plan->verbose = 0; /* there is no launcher to send steps to */
	if (r == 0)
		r = keep_pidfile(l);
	if (r == 0) {
		copy_write_pid(l->copy.listen_pid);
		if (l->o->umask >= 0)
			(void)sys_umask((mode_t)l->o->umask);
		r = copy_become(&l->copy, &l->why);
	}
	if (r == 0)
		r = apply_plan(l->plan, -1, &l->why);
	if (r == 0)
		r = execute(l);
	if (l->claim.created || l->claim.written)
		(void)claim_remove(&l->claim);
	return r;
}
