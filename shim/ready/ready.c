/* SPDX-License-Identifier: MIT */
#include "ready/ready.h"

#include "base/clock.h"
#include "base/process.h"
#include "base/sys.h"
#include "base/text.h"
#include "ready/listen.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

/* Nothing tells when a program begins to listen. Looked at again after a part
 * of the time that has passed, it is seen late by no more than that part. */
#define LISTEN_PART 16
#define LISTEN_MOST_MS 20

void ready_attend(struct ready *r)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

	r->attended = SYS_SIGNAL_BIT(SIGCHLD);
	for (unsigned i = 0; i < sizeof ending / sizeof *ending; i++)
		/* what our caller ignores (nohup) stays ignored */
		if (sys_sighandler_now(ending[i]) != SIG_IGN)
			r->attended |= SYS_SIGNAL_BIT(ending[i]);
	(void)sys_sigmask(SIG_BLOCK, r->attended, NULL);
}

void ready_expose(const struct ready *r, int on)
{
	(void)sys_sigmask(on ? SIG_UNBLOCK : SIG_BLOCK, r->attended, NULL);
}

int ready_interrupted(const struct ready *r, struct failure *why)
{
	int number;

	while ((number = sys_sigpending_take(r->attended)) > 0)
		if (number != SIGCHLD) {
			(void)failure_set(why, STATUS_SIGNALLED + number, 0, "");
			return 1;
		}
	return 0;
}

int ready_ended(pid_t pid, int *wait_status)
{
	siginfo_t info = { .si_pid = 0 };

	if (sys_waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != pid)
		return 0;
	*wait_status = info.si_code == CLD_EXITED   ? info.si_status << 8
	               : info.si_code == CLD_DUMPED ? info.si_status | 0x80
	                                            : info.si_status;
	return 1;
}

static int died(const struct ready *r, int wait_status, struct failure *why)
{
	char ending[512];
	struct text t;

	text_begin(&t, ending, sizeof ending);
	report_ending(&t, wait_status);
	text_str(&t, " before it was ready");
	if (r->notify.status[0] != '\0') {
		text_str(&t, ", its status: ");
		text_str(&t, r->notify.status);
	}
	return failure_set(why, STATUS_UNAVAILABLE, r->notify.error, r->program, " ", ending);
}

static int late(const struct ready *r, struct failure *why)
{
	char number[32];
	struct text t;

	text_begin(&t, number, sizeof number);
	text_num(&t, r->timeout_ms / 1000);
	for (int rest = r->timeout_ms % 1000, scale = 100; rest != 0; scale /= 10) {
		text_str(&t, scale == 100 ? "." : "");
		text_num(&t, rest / scale);
		rest %= scale;
	}
	return failure_set(why, STATUS_UNAVAILABLE, 0, r->program, " was not ready in ", number,
	                   " seconds", r->notify.status[0] != '\0' ? ", its status: " : "",
	                   r->notify.status);
}

/* 1 ready, 0 not yet, -1 never, with *why. */
static int listens(const struct ready *r, struct failure *why)
{
	int found = listen_ready(r->daemon, &r->want->listen);

	if (found == -ENOENT || found == -ESRCH)
		return 0; /* it has ended, or is about to be seen to */
	if (found < 0)
		return failure_set(why, STATUS_UNAVAILABLE, -found, "unable to see the sockets of ",
		                   r->program);
	return found;
}

/* The same. */
static int is_ready(struct ready *r, long long alive_until, struct failure *why)
{
	switch (r->want->kind) {
	case READY_NOTIFY:
		notify_read(&r->notify);
		if (r->notify.extend_ms > 0) {
			long long later = clock_ms() + r->notify.extend_ms;

			r->deadline_ms = later > r->deadline_ms ? later : r->deadline_ms;
			r->notify.extend_ms = 0;
		}
		if (r->notify.ready)
			notify_linger(&r->notify);
		return r->notify.ready;
	case READY_LISTEN:
		return listens(r, why);
	case READY_ALIVE:
		return clock_ms() >= alive_until;
	case READY_MAIN:
		break;
	}
	return 1;
}

static int sleep_ms(const struct ready *r, long long began, long long alive_until)
{
	long long until = r->deadline_ms, now = clock_ms();
	long long nap = 1 + (now - began) / LISTEN_PART;

	nap = nap < LISTEN_MOST_MS ? nap : LISTEN_MOST_MS;
	if (r->want->kind == READY_LISTEN && now + nap < until)
		until = now + nap;
	if (r->want->kind == READY_ALIVE && alive_until < until)
		until = alive_until;
	return until <= now ? 0 : until - now > INT_MAX ? INT_MAX : (int)(until - now);
}

int ready_wait(struct ready *r, struct failure *why)
{
	struct pollfd events[2] = { { .events = POLLIN },
		                    { .fd = r->notify.fd, .events = POLLIN } };
	const long long began = clock_ms();
	const long long alive_until = began + r->want->alive_ms;

	events[0].fd = sys_raise(sys_signalfd(r->attended, SFD_CLOEXEC | SFD_NONBLOCK));
	if (events[0].fd < 0)
		return failure_set(why, STATUS_OSERR, -events[0].fd, "unable to attend to signals");
	r->signals = events[0].fd;
	r->notify.daemon = r->daemon;
	for (;;) {
		int status, ready;

		if (ready_interrupted(r, why))
			return -1;
		/* asked before the child is waited for: who is ready and then
		 * ends was ready, but who has ended is not */
		ready = is_ready(r, alive_until, why);
		if (ready_ended(r->daemon, &status))
			return died(r, status, why);
		if (ready != 0)
			return ready > 0 ? 0 : -1;
		if (clock_ms() >= r->deadline_ms)
			return late(r, why);
		(void)sys_poll(events, 2, sleep_ms(r, began, alive_until));
	}
}
