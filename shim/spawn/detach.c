/* SPDX-License-Identifier: MIT */
#include "spawn/detach.h"

#include "base/sys.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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
	_exit(127); /* not reached */
}

/* The copy's descriptors close a little before it can be waited for. */
static void collect(struct detach *d)
{
	for (int waited = 0; waited < EXIT_MS; waited++) {
		if (waitpid(d->pid, &d->wait_status, WNOHANG) == d->pid) {
			d->ended = 1;
			return;
		}
		(void)poll(NULL, 0, 1);
	}
}

static void watch(struct detach *d)
{
	struct pollfd spoken = { .fd = d->heard_fd, .events = POLLIN };
	char c;
	int n;

	do
		n = poll(&spoken, 1, d->timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n == 0) {
		d->timed_out = 1;
		(void)kill(d->pid, SIGKILL);
		collect(d);
		return;
	}
	if (sys_recv(d->heard_fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		collect(d);
}

static void close_given(struct detach *d)
{
	for (int i = 0; i < 2; i++)
		if (d->close_in_launcher[i] != NULL && *d->close_in_launcher[i] >= 0) {
			(void)close(*d->close_in_launcher[i]);
			*d->close_in_launcher[i] = -1;
		}
}

static int run_middle(void *arg)
{
	struct chain *c = arg;
	struct detach *d = c->d;
	int flags = SIGCHLD | CLONE_PARENT_SETTID;

	if (!d->own_memory) {
		flags |= CLONE_VM | CLONE_VFORK | CLONE_CHILD_CLEARTID;
		c->shared = 1; /* the kernel makes it 0 */
	}
	/* If the launcher is killed while it waits for us, nobody would hold
	 * its end of the channel: the copy finds that and ends itself. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != d->launcher || setsid() < 0 ||
	    clone(run_copy, c->copy + STACK, flags, c, &d->pid, NULL, (pid_t *)&c->shared) < 0) {
		d->error = errno;
		_exit(1);
	}
	close_given(d);
	if (d->heard_fd >= 0)
		watch(d);
	_exit(0);
}

int detach_start(struct detach *d)
{
	struct chain c; /* not zeroed: that would touch each page of the stacks */
	pid_t middle;
	int status;

	c.d = d;
	c.shared = 0;
	d->pid = 0;
	d->error = d->ended = d->timed_out = 0;
	d->launcher = getpid();
	middle = clone(run_middle, c.middle + STACK, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD,
	               &c);
	if (middle < 0)
		return -1;
	while (waitpid(middle, &status, 0) < 0 && errno == EINTR)
		;
	/* Even if somebody has killed the middle the copy speaks for itself;
	 * but until it has executed it runs on our stack. */
	while (d->pid > 0 && c.shared != 0)
		(void)poll(NULL, 0, 1);
	if (d->pid > 0) {
		close_given(d);
		return 0;
	}
	errno = d->error != 0 ? d->error : EINTR;
	return -1;
}
