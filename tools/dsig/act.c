/* SPDX-License-Identifier: MIT */
#include "act.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/process.h"
#include "deliver.h"
#include "guard.h"
#include "reopen.h"
#include "say.h"
#include "stop.h"
#include "verify.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define YOUNG_NS (2 * SYS_NSEC) /* a younger program may not have set its handlers yet */
#define NAP_MS 5
#define UP_NAP_MS 20
#define AFTERMATH_MS 100 /* a program that does not handle a signal ends within this time */

/* ---- send */

static int dry_run(const struct target *t, int signal)
{
	struct word name, pid;

	say_line("would send ", say_signal(&name, signal), " to pid ",
	         say_number(&pid, t->view.pid), " (", t->name, ")");
	return STATUS_OK;
}

int act_send(const struct target *t, int signal)
{
	struct word name, daemon;
	int r = deliver_signal(deliver_to(&t->view), signal);

	if (r == 0)
		return STATUS_OK;
	if (r == -ESRCH)
		return STATUS_STALE;
	report_line("unable to send ", say_signal(&name, signal), " to ", say_daemon(&daemon, t),
	            ": ", error_text(-r));
	return STATUS_NOPERM;
}

static int gone(const struct target *t)
{
	return access(t->path, F_OK) == 0 ? STATUS_STALE : STATUS_STOPPED;
}

int act_await_end(const struct target *t, int ms)
{
	struct word daemon;
	int r = deliver_await_end(deliver_to(&t->view), ms);

	if (r > 0)
		return STATUS_OK;
	report_line(say_daemon(&daemon, t), r == 0 ? ": still there" : ": unable to wait for it");
	return STATUS_TEMPFAIL;
}

static int is_young(pid_t pid)
{
	struct process_stat stat;

	return process_stat(pid, &stat) == 0 &&
	       sys_clock(CLOCK_REALTIME) - process_started(stat.start_ticks) < YOUNG_NS;
}

/* A program that has just started gets time to set up its handler. */
static int permitted(const struct target *t, int signal, struct failure *why)
{
	int r;

	while ((r = guard_signal(t, signal, why)) < 0 && is_young(t->view.pid) &&
	       deliver_await_end(deliver_to(&t->view), NAP_MS) == 0)
		;
	return r;
}

/* Reports a daemon that the signal has ended by accident. Returns the status. */
static int aftermath(const struct target *t, int signal)
{
	struct word name, daemon;

	if (!guard_can_end_by_accident(signal) ||
	    deliver_await_end(deliver_to(&t->view), AFTERMATH_MS) <= 0)
		return STATUS_OK;
	report_line(say_daemon(&daemon, t), ": has ended on ", say_signal(&name, signal));
	return gone(t);
}

/* Waits until the signal has been delivered, before another command sends the next:
 * of several pending signals the kernel delivers the lowest first. */
static void await_delivery(const struct target *t, int signal)
{
	uint64_t pending;

	for (int waited = 0; waited < AFTERMATH_MS; waited += NAP_MS) {
		if (process_pending(t->view.pid, &pending) < 0 ||
		    (pending >> (signal - 1) & 1) == 0)
			return;
		(void)sys_poll(NULL, 0, NAP_MS);
	}
}

/* With -w the daemon is meant to end, and a pid file that remains is stale. */
static int follow_up(const struct cmdline *o, const struct command *c, const struct target *t,
                     struct reopen *logs)
{
	int status = STATUS_OK;

	if (o->wait_ms >= 0) {
		status = act_await_end(t, o->wait_ms);
		if (status == STATUS_OK)
			stop_discard(t);
		return status;
	}
	if (o->commands > 1)
		await_delivery(t, c->signal);
	if (strcmp(c->name, "reopen") == 0)
		status = reopen_check(logs, t);
	return status != STATUS_OK || o->force ? status : aftermath(t, c->signal);
}

int act_signal(const struct cmdline *o, const struct command *c, struct target *t)
{
	struct word daemon;
	struct reopen logs;
	struct failure why;
	int status = verify_target(o, t);

	if (status != STATUS_OK)
		return status;
	if (!o->force && permitted(t, c->signal, &why) < 0)
		return verify_refused(t, &why);
	if (o->dry_run)
		return dry_run(t, c->signal);
	reopen_begin(&logs, t);
	status = act_send(t, c->signal);
	if (status == STATUS_OK)
		return follow_up(o, c, t, &logs);
	if (status != STATUS_STALE)
		return status;
	report_line(say_daemon(&daemon, t), ": has just ended");
	return gone(t);
}

/* ---- wait, pid */

/* What is left of -t, which applies to all operands together; -1: no limit. */
static int left_ms(const struct cmdline *o)
{
	long long left = o->began_ms + o->timeout_ms - clock_ms();

	if (o->timeout_ms < 0)
		return -1;
	return left > 0 ? (int)left : 0;
}

static int wait_up(const struct cmdline *o, struct target *t)
{
	for (;;) {
		int left = left_ms(o);

		pidfile_inspect(t->path, &t->view);
		if (t->view.state == PIDFILE_RUNNING || t->view.state == PIDFILE_UNLOCKED)
			return STATUS_OK;
		if (left == 0)
			break;
		target_close(t);
		(void)sys_poll(NULL, 0, left > 0 && left < UP_NAP_MS ? left : UP_NAP_MS);
	}
	report_line(t->name, ": still ", pidfile_state_name(t->view.state));
	return STATUS_TEMPFAIL;
}

/* A daemon that is already gone is success: otherwise "dsig term x; dsig wait x"
 * would be a race. */
int act_wait(const struct cmdline *o, const struct command *c, struct target *t)
{
	int status;

	(void)c;
	if (o->up)
		return wait_up(o, t);
	pidfile_inspect(t->path, &t->view);
	if (t->view.state == PIDFILE_STOPPED || t->view.state == PIDFILE_STALE)
		return STATUS_OK;
	status = verify_viewed(o, t);
	return status == STATUS_OK ? act_await_end(t, left_ms(o)) : status;
}

int act_pid(const struct cmdline *o, const struct command *c, struct target *t)
{
	struct word pid;
	int status = verify_target(o, t);

	(void)c;
	if (status != STATUS_OK)
		return status;
	say_number(&pid, t->view.pid);
	if (o->count > 1)
		say_line(t->name, ": ", pid.text);
	else
		say_line(pid.text);
	return STATUS_OK;
}
