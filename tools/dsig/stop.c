/* SPDX-License-Identifier: MIT */
#include "stop.h"

#include "act.h"
#include "base/clock.h"
#include "deliver.h"
#include "say.h"
#include "session.h"
#include "verify.h"

#include <signal.h>

#define STOP_MS 10000
#define KILL_MS 5000
#define LINGER_MS 500 /* workers often end by themselves after their daemon */

/* ---- the pid file */

void stop_discard(const struct target *t)
{
	struct failure why;

	if (target_discard(t, &why) < 0)
		report_failure(&why);
}

/* Names processes that may remain of a daemon: they may be why its port is taken. */
static void name_remains(const struct target *t)
{
	struct session left;
	struct word list;
	struct text text;

	session_remains(&left, t->view.pid, &t->view.file);
	text_begin(&text, list.text, sizeof list.text);
	session_text(&left, &text);
	if (left.count > 0)
		report_line(t->name, ": not running, but perhaps this is left of it: ", list.text);
	session_end(&left);
}

/* Returns STATUS_STALE even after removing the file: nothing has been stopped. A
 * second stop returns STATUS_STOPPED. */
static int stop_stale(const struct cmdline *o, const struct target *t)
{
	struct failure why;

	if (o->dry_run) {
		say_line("would remove stale pid file ", t->path);
		return STATUS_STALE;
	}
	name_remains(t);
	if (target_discard(t, &why) == 0) {
		report_line(t->name, ": not running, removed stale pid file ", t->path);
		return STATUS_STALE;
	}
	report_line(t->name, ": not running, stale pid file ", t->path, ": ", t->view.why);
	report_failure(&why);
	return STATUS_STALE;
}

/* ---- the schedule */

/* A run through a schedule: which step is next. */
struct course {
	struct schedule schedule;
	unsigned at;
	long long until_ms; /* deadline of all steps by -t, of clock_ms; -1: none */
};

static void course_begin(struct course *c, const struct cmdline *o)
{
	struct schedule *s = &c->schedule;

	*c = (struct course){ .schedule = o->own.stop, .until_ms = -1 };
	if (s->count == 0) {
		s->count = 1;
		s->step[0].signal = SIGTERM;
		s->step[0].ms = -1;
	}
	for (unsigned i = 0; i < s->count; i++)
		if (s->step[i].ms < 0)
			s->step[i].ms = o->timeout_ms >= 0 ? o->timeout_ms : STOP_MS;
	if (o->timeout_ms >= 0)
		c->until_ms = clock_ms() + o->timeout_ms;
	if (!o->kill || s->step[s->count - 1].signal == SIGKILL || s->count == SCHEDULE_MAX)
		return;
	s->step[s->count].signal = SIGKILL;
	s->step[s->count++].ms = KILL_MS;
}

/* Sets *signal and *ms to the next step. Returns 1, or 0 if there is none, or time
 * is up. -t does not limit a last step that is SIGKILL. */
static int course_next(struct course *c, int *signal, int *ms)
{
	const struct schedule *s = &c->schedule;
	const int is_last = c->at + 1 == s->count;
	long long left = c->until_ms - clock_ms();

	if (c->at == s->count)
		return 0;
	*signal = s->step[c->at].signal;
	*ms = s->step[c->at].ms;
	if (c->until_ms >= 0 && !(is_last && *signal == SIGKILL)) {
		if (left <= 0 && c->at > 0) { /* on to the last step, if that is SIGKILL */
			c->at++;
			return course_next(c, signal, ms);
		}
		*ms = left < *ms ? (int)left : *ms;
	}
	c->at++;
	return 1;
}

static int dry_run(const struct course *c, const struct target *t)
{
	long long after = 0;

	for (unsigned i = 0; i < c->schedule.count; i++) {
		struct word name, pid, seconds;
		struct text text;

		text_begin(&text, seconds.text, sizeof seconds.text);
		text_str(&text, after > 0 ? " after " : "");
		if (after > 0)
			text_ms(&text, (int)after);
		text_str(&text, after > 0 ? " seconds" : "");
		say_line("would send ", say_signal(&name, c->schedule.step[i].signal), " to pid ",
		         say_number(&pid, t->view.pid), " (", t->name, ")", seconds.text);
		after += c->schedule.step[i].ms;
	}
	return STATUS_OK;
}

/* Sends the schedule's signals until the daemon has ended. Returns a status. */
static int end_daemon(struct course *c, const struct target *t)
{
	int signal, ms;

	while (course_next(c, &signal, &ms)) {
		int status = act_send(t, signal);

		if (status == STATUS_STALE)
			return STATUS_OK;
		if (status != STATUS_OK || deliver_await_end(deliver_to(&t->view), ms) > 0)
			return status;
	}
	return act_await_end(t, 0);
}

/* ---- its session */

static void name_members(const struct session *s, const struct target *t, int asked)
{
	struct word list;
	struct text text;

	text_begin(&text, list.text, sizeof list.text);
	session_text(s, &text);
	report_line(t->name, ": has ended, but processes of its session go on: ", list.text,
	            asked ? "" : "; 'dsig --all stop' would have ended them");
}

static int end_session(const struct cmdline *o, struct session *s, const struct target *t)
{
	struct course c;
	int signal, ms;

	session_look(s);
	if (s->count > 0 && !session_await(s, LINGER_MS))
		session_look(s);
	course_begin(&c, o);
	while (o->all && s->count > 0 && course_next(&c, &signal, &ms)) {
		session_signal(s, signal);
		(void)session_await(s, ms);
		session_look(s); /* one that has ended may have started another */
	}
	session_look(s);
	if (s->count == 0)
		return STATUS_OK;
	name_members(s, t, o->all);
	return STATUS_TEMPFAIL;
}

int stop(const struct cmdline *o, const struct command *command, struct target *t)
{
	struct session session;
	struct course course;
	int status;

	(void)command;
	pidfile_inspect(t->path, &t->view);
	if (t->view.state == PIDFILE_STALE)
		return o->keep_pidfile ? STATUS_STALE : stop_stale(o, t);
	status = verify_viewed(o, t);
	if (status != STATUS_OK)
		return status;
	course_begin(&course, o);
	if (o->dry_run)
		return dry_run(&course, t);
	session_begin(&session, &t->view);
	status = end_daemon(&course, t);
	if (status == STATUS_OK) {
		if (!o->keep_pidfile)
			stop_discard(t);
		status = end_session(o, &session, t);
	}
	session_end(&session);
	return status;
}
