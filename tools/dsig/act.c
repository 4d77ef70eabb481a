/* SPDX-License-Identifier: MIT */
#include "act.h"

#include "base/error.h"
#include "base/signals.h"
#include "base/text.h"
#include "deliver.h"
#include "guard.h"
#include "verify.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define STOP_MS 10000
#define KILL_MS 5000

/* A short text, made where it is used. */
struct note {
	char text[PATH_MAX + NAME_MAX + 128];
};

static const char *signal_text(struct note *n, int signal)
{
	struct text t;

	text_begin(&t, n->text, sizeof n->text);
	signals_name(&t, signal);
	return n->text;
}

/* "NAME (pid 123)" */
static const char *process_text(struct note *n, const struct target *target)
{
	struct text t;

	text_begin(&t, n->text, sizeof n->text);
	text_str(&t, target->name);
	text_str(&t, " (pid ");
	text_num(&t, target->view.pid);
	text_str(&t, ")");
	return n->text;
}

/* A line on standard output, in one write. */
#define print(...) print_parts((const char *const[]){ __VA_ARGS__, NULL })
static void print_parts(const char *const *parts)
{
	struct note n;
	struct text t;

	text_begin(&t, n.text, sizeof n.text);
	for (; *parts != NULL; parts++)
		text_str(&t, *parts);
	text_str(&t, "\n");
	(void)sys_write_all(STDOUT_FILENO, n.text, (size_t)(t.at - t.start));
}

/* ---- send */

static int dry_run(const struct target *t, int signal)
{
	struct note name, pid;
	struct text text;

	text_begin(&text, pid.text, sizeof pid.text);
	text_num(&text, t->view.pid);
	print("would send ", signal_text(&name, signal), " to pid ", pid.text, " (", t->name, ")");
	return STATUS_OK;
}

/* 0, or the status, and has said why. ESRCH is for the caller to judge. */
static int send_signal(const struct target *t, int signal)
{
	struct note name, process;
	int r = deliver_signal(&t->view, signal);

	if (r == 0)
		return STATUS_OK;
	if (r == -ESRCH)
		return STATUS_STALE;
	report_line("unable to send ", signal_text(&name, signal), " to ",
	            process_text(&process, t), ": ", error_text(-r));
	return STATUS_NOPERM;
}

/* It ended between the look and the signal. */
static int gone_meanwhile(const struct target *t)
{
	struct note process;

	report_line(process_text(&process, t), ": ended in this moment");
	return access(t->path, F_OK) == 0 ? STATUS_STALE : STATUS_STOPPED;
}

static int await_end(const struct target *t, int ms)
{
	struct note process;
	int r = deliver_await_end(&t->view, ms);

	if (r > 0)
		return STATUS_OK;
	report_line(process_text(&process, t),
	            r == 0 ? ": still there" : ": unable to wait for it");
	return STATUS_TEMPFAIL;
}

int act_signal(const struct cmdline *o, struct target *t)
{
	const int signal = o->command.signal;
	struct failure why;
	int status = verify_target(o, t);

	if (status != STATUS_OK)
		return status;
	if (!o->force && guard_signal(t, signal, &why) < 0)
		return verify_refused(t, &why);
	if (o->dry_run)
		return dry_run(t, signal);
	status = send_signal(t, signal);
	if (status == STATUS_STALE)
		return gone_meanwhile(t);
	return status == STATUS_OK && o->wait_ms >= 0 ? await_end(t, o->wait_ms) : status;
}

/* ---- stop */

/* Its process is gone, and did not or could not remove the file. */
static void discard(const struct target *t)
{
	struct failure why;

	if (target_discard(t, &why) < 0)
		report_failure(&why);
}

/* A stale file is status 1 even though it is removed: what was asked for,
 * to stop something, has not been done. A second stop says 3. */
static int stop_stale(const struct cmdline *o, const struct target *t)
{
	struct failure why;

	if (o->dry_run) {
		print("would remove stale pid file ", t->path);
		return STATUS_STALE;
	}
	if (target_discard(t, &why) == 0) {
		report_line(t->name, ": not running, removed stale pid file ", t->path);
		return STATUS_STALE;
	}
	report_line(t->name, ": not running, stale pid file ", t->path, ": ", t->view.why);
	report_failure(&why);
	return STATUS_STALE;
}

/* Sends, and waits for the end. ESRCH is an end, too. */
static int end(const struct target *t, int signal, int ms, int *ended)
{
	int status = send_signal(t, signal);

	*ended = status == STATUS_STALE ||
	         (status == STATUS_OK && deliver_await_end(&t->view, ms) > 0);
	return status == STATUS_STALE ? STATUS_OK : status;
}

int act_stop(const struct cmdline *o, struct target *t)
{
	const int signal = o->command.signal;
	int ended, status;

	pidfile_inspect(t->path, &t->view);
	if (t->view.state == PIDFILE_STALE)
		return stop_stale(o, t);
	status = verify_viewed(o, t);
	if (status != STATUS_OK)
		return status;
	if (o->dry_run)
		return dry_run(t, signal);
	status = end(t, signal, o->timeout_ms >= 0 ? o->timeout_ms : STOP_MS, &ended);
	if (status == STATUS_OK && !ended && o->kill)
		status = end(t, SIGKILL, KILL_MS, &ended);
	if (status == STATUS_OK && !ended)
		return await_end(t, 0);
	if (status == STATUS_OK)
		discard(t);
	return status;
}

/* ---- wait, pid */

/* That it is gone is what is asked for: so a daemon that was gone before is
 * success, or "dsig term x; dsig wait x" would be a race. */
int act_wait(const struct cmdline *o, struct target *t)
{
	int status;

	pidfile_inspect(t->path, &t->view);
	if (t->view.state == PIDFILE_STOPPED || t->view.state == PIDFILE_STALE)
		return STATUS_OK;
	status = verify_viewed(o, t);
	return status == STATUS_OK ? await_end(t, o->timeout_ms) : status;
}

int act_pid(const struct cmdline *o, struct target *t)
{
	struct note n;
	struct text text;
	int status = verify_target(o, t);

	if (status != STATUS_OK)
		return status;
	text_begin(&text, n.text, sizeof n.text);
	text_num(&text, t->view.pid);
	if (o->count > 1)
		print(t->name, ": ", n.text);
	else
		print(n.text);
	return STATUS_OK;
}
