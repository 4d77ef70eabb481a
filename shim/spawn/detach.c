/* SPDX-License-Identifier: MIT */
#include "spawn/detach.h"

#include "base/sys.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define STACK 32768
#define EXIT_MS 1000

/* Two stacks, and what runs on them. */
struct chain {
	struct detach *d;
	volatile pid_t shared; /* not 0 while the copy runs in our memory */
	_Alignas(16) char middle[STACK];
	_Alignas(16) char copy[STACK];
};

static int run_copy(void *arg)
{
	struct detach *d = ((struct chain *)arg)->d;

	d->body(d->arg);
	sys_exit(127); /* not reached */
}

/* The copy's descriptors close a little before it can be waited for. */
static void collect(struct detach *d)
{
	for (int waited = 0; waited < EXIT_MS; waited++) {
		if (sys_waitpid(d->pid, &d->wait_status, WNOHANG) == d->pid) {
			d->ended = 1;
			return;
		}
		(void)sys_poll(NULL, 0, 1);
	}
}

/* Has the other end of the channel gone? That comes behind an ECONNRESET, once,
 * from a copy that left without reading its plan. */
static int at_end(int fd)
{
	char c;
	ssize_t n = sys_recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n == -ECONNRESET)
		n = sys_recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
	return n == 0;
}

static void watch(struct detach *d)
{
	struct pollfd spoken = { .fd = d->heard_fd, .events = POLLIN };
	int n;

	do
		n = sys_poll(&spoken, 1, d->timeout_ms);
	while (n == -EINTR);
	if (n == 0) {
		d->timed_out = 1;
		(void)sys_kill(d->pid, SIGKILL);
		collect(d);
		return;
	}
	if (at_end(d->heard_fd))
		collect(d);
}

static void close_given(struct detach *d)
{
	for (int i = 0; i < 2; i++)
		if (d->close_in_launcher[i] != NULL && *d->close_in_launcher[i] >= 0) {
			sys_close(*d->close_in_launcher[i]);
			*d->close_in_launcher[i] = -1;
		}
}

/* The middle leaves the caller's session, and starts the copy. 0, or -errno. */
static int start_copy(struct chain *c)
{
	struct detach *d = c->d;
	unsigned long flags = SIGCHLD | CLONE_PARENT_SETTID;
	int r;

	if (!d->own_memory) {
		flags |= CLONE_VM | CLONE_VFORK | CLONE_CHILD_CLEARTID;
		c->shared = 1; /* the kernel makes it 0 */
	}
	/* If the launcher is killed while it waits for us, nobody would hold
	 * its end of the channel: the copy finds that and ends itself. */
	r = sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (r == 0 && sys_getppid() != d->launcher)
		r = -ESRCH;
	if (r == 0)
		r = sys_setsid();
	if (r >= 0)
		r = (int)sys_clone(run_copy, c->copy + STACK, flags, c, &d->pid,
		                   (pid_t *)&c->shared);
	return r < 0 ? r : 0;
}

static int run_middle(void *arg)
{
	struct detach *d = ((struct chain *)arg)->d;
	int r = start_copy(arg);

	if (r < 0) {
		d->error = -r;
		sys_exit(1);
	}
	close_given(d);
	if (d->heard_fd >= 0)
		watch(d);
	sys_exit(0);
}

int detach_start(struct detach *d)
{
	struct chain c; /* not zeroed: that would touch each page of the stacks */
	pid_t middle;

	c.d = d;
	c.shared = 0;
	d->pid = 0;
	d->error = d->ended = d->timed_out = 0;
	d->launcher = sys_getpid();
	middle = (pid_t)sys_clone(run_middle, c.middle + STACK,
	                          CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &c, NULL, NULL);
	if (middle < 0)
		return middle;
	(void)sys_waitpid(middle, NULL, 0);
	/* Even if somebody has killed the middle the copy speaks for itself;
	 * but until it has executed it runs on our stack. */
	while (d->pid > 0 && c.shared != 0)
		(void)sys_poll(NULL, 0, 1);
	if (d->pid > 0) {
		close_given(d);
		return 0;
	}
	return d->error != 0 ? -d->error : -EINTR;
}
