/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include "deliver.h"
#include "guard.h"

/* Does the process exist? For a pid file that is not trusted. */
static int alive(const struct pidfile_view *view)
{
	return view->pid > 0 && deliver_await_end(deliver_to(view), 0) == 0;
}

/* Is there a process, by the state of the file? Returns STATUS_OK, or the status
 * after reporting why not. */
static int has_process(const struct cmdline *o, const struct target *t)
{
	switch (t->view.state) {
	case PIDFILE_RUNNING:
	case PIDFILE_UNLOCKED:
		return STATUS_OK;
	case PIDFILE_STALE:
		report_line(t->name, ": not running, stale pid file ", t->path, ": ", t->view.why);
		return STATUS_STALE;
	case PIDFILE_STOPPED:
		report_line(t->name, ": not running (", t->path, ")");
		return STATUS_STOPPED;
	case PIDFILE_STARTING:
		report_line(t->name, ": starting, no pid in ", t->path, " yet");
		return STATUS_UNKNOWN;
	case PIDFILE_UNKNOWN:
		break;
	}
	if (o->force && alive(&t->view))
		return STATUS_OK;
	report_line(t->name, ": state unknown: ", t->path, ": ", t->view.why);
	return STATUS_UNKNOWN;
}

int verify_refused(const struct target *t, const struct failure *why)
{
	report_line(t->name, ": refused: ", why->text);
	return why->status;
}

static int permitted(const struct cmdline *o, const struct target *t)
{
	struct failure why;

	if (o->force || guard_file(t, &why) == 0)
		return STATUS_OK;
	return verify_refused(t, &why);
}

int verify_viewed(const struct cmdline *o, const struct target *t)
{
	int status = has_process(o, t);

	return status == STATUS_OK ? permitted(o, t) : status;
}

int verify_target(const struct cmdline *o, struct target *t)
{
	pidfile_inspect(t->path, &t->view);
	return verify_viewed(o, t);
}
