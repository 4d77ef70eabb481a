/* SPDX-License-Identifier: MIT */
#include "spawn/detach.h"

#include "base/sys.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define EXIT_MS 1000

/* In memory that launcher, middle and copy share. */
struct chain {
	struct detach d;
	void *middle_stack, *copy_stack;
	int birth_fd; /* an eventfd: the copy has its pid; or -1 */
};

static int run_copy(void *arg)
{
	static const uint64_t one = 1;
	struct chain *c = arg;
	struct detach *d = &c->d;

	d->pid = sys_getpid();
	if (c->birth_fd >= 0)
		(void)sys_write(c->birth_fd, &one, sizeof one);
	d->body(d->arg);
	sys_exit(127); /* not reached */
}

/* Reaps the copy, whose descriptors close a moment before it can be waited for. */
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

/* Is the channel at EOF? If the copy ended without reading its plan, ECONNRESET
 * comes first, once. */
static int at_end(int fd)
{
	char c;
	ssize_t n = sys_recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n == -ECONNRESET)
		n = sys_recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
	return n == 0;
}

/* Waits until the copy has spoken or ended; the timeout of the launcher limits
 * this. */
static void watch(struct detach *d)
{
	struct pollfd spoken = { .fd = d->heard_fd, .events = POLLIN };

	while (sys_poll(&spoken, 1, -1) == -EINTR)
		;
	if (at_end(d->heard_fd))
		collect(d);
}

static void close_given(const struct detach *d)
{
	for (int i = 0; i < 2; i++)
		if (d->close_in_launcher[i] != NULL && *d->close_in_launcher[i] >= 0) {
			sys_close(*d->close_in_launcher[i]);
			*d->close_in_launcher[i] = -1;
		}
}

/* sys_clone(), repeated without the flags that an emulator refuses. */
static int start(int (*function)(void *), void *stack, unsigned long flags, struct chain *c,
                 int *pidfd)
{
	long r = sys_clone(function, stack, flags | CLONE_PIDFD | SIGCHLD, c, pidfd, NULL);

	if (r == -EINVAL)
		r = sys_clone(function, stack, SIGCHLD, c, NULL, NULL);
	return (int)r;
}

/* In the middle: leaves the caller's session and starts the copy. Returns its pid,
 * or -errno. */
static int start_copy(struct chain *c)
{
	struct detach *d = &c->d;
	int r;

	/* We share the launcher's descriptors. If it is killed we must die, too, so
	 * that its end of the channel is closed: then the copy notices, and ends. */
	r = sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (r == 0 && sys_getppid() != d->launcher)
		r = -ESRCH;
	if (r == 0)
		r = sys_setsid();
	if (r < 0)
		return r;
	r = start(run_copy, c->copy_stack, d->own_memory ? 0 : CLONE_VM | CLONE_VFORK, c,
	          &d->pidfd);
	if (r > 0)
		d->pid = r;
	return r;
}

static int run_middle(void *arg)
{
	struct detach *d = &((struct chain *)arg)->d;
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

void detach_kill(const struct detach *d)
{
	if (d->pidfd >= 0 && sys_pidfd_signal(d->pidfd, SIGKILL) != -ENOSYS)
		return;
	if (d->pid > 0)
		(void)sys_kill(d->pid, SIGKILL);
}

/* Says once that there is a copy. */
static void announce(struct chain *c)
{
	if (c->d.born != NULL && c->d.pid > 0)
		c->d.born(c->d.arg, c->d.pid);
	c->d.born = NULL;
}

/* Waits for the middle, which waits for the copy. Needs a timeout, because the new
 * user of the copy could stop it, and so make this wait for ever. */
static void await_middle(struct chain *c, pid_t middle, int pidfd)
{
	struct pollfd events[] = { { .fd = pidfd, .events = POLLIN },
		                   { .fd = c->birth_fd, .events = POLLIN } };
	struct detach *d = &c->d;
	int n = 1;

	while (pidfd >= 0 && d->timeout_ms > 0 && (n > 0 || n == -EINTR) &&
	       events[0].revents == 0) {
		n = sys_poll(events, 2, d->timeout_ms);
		if (n > 0 && events[1].revents != 0) {
			announce(c);
			events[1].fd = -1;
		}
	}
	if (n == 0) {
		d->timed_out = 1;
		detach_kill(d);
		if (sys_poll(events, 1, 2 * EXIT_MS) == 0)
			(void)sys_pidfd_signal(pidfd, SIGKILL);
	}
	sys_close(pidfd);
	(void)sys_waitpid(middle, NULL, 0);
	announce(c);
}

/* The stacks are never freed: a copy whose parent was killed may still run on one. */
static int prepare(struct chain **c)
{
	*c = sys_allocate_shared(sizeof **c);
	if (*c == NULL)
		return -ENOMEM;
	(*c)->middle_stack = sys_stack_new();
	(*c)->copy_stack = sys_stack_new();
	return (*c)->middle_stack == NULL || (*c)->copy_stack == NULL ? -ENOMEM : 0;
}

int detach_start(struct detach *d)
{
	struct chain *c;
	int pidfd = -1, r = prepare(&c);
	pid_t middle;

	if (r < 0)
		return r;
	d->pid = 0;
	d->pidfd = -1;
	d->error = d->ended = d->timed_out = 0;
	d->launcher = sys_getpid();
	c->d = *d;
	c->birth_fd = d->born != NULL ? sys_raise(sys_eventfd()) : -1;
	middle = start(run_middle, c->middle_stack, CLONE_VM | CLONE_FILES, c, &pidfd);
	if (middle > 0)
		await_middle(c, middle, pidfd);
	sys_close(c->birth_fd);
	if (middle < 0)
		return middle;
	*d = c->d;
	close_given(d);
	if (d->pid > 0)
		return 0;
	return d->error != 0 ? -d->error : -EINTR;
}
