/* SPDX-License-Identifier: MIT */
#include "launcher/hear.h"

#include "base/sys.h"
#include "base/text.h"
#include "wire/channel.h"

#include <limits.h>
#include <signal.h>

/* Describes that there was no answer. */
static int missing(struct launch *l, const struct detach *d, int is_late)
{
	char ending[128];
	struct text t;

	text_begin(&t, ending, sizeof ending);
	if (is_late)
		text_str(&t, "was not ready in time");
	else if (d->ended)
		report_ending(&t, d->wait_status);
	else
		text_str(&t, "ended");
	if (!is_late)
		text_str(&t, " before it was ready");
	(void)failure_set(&l->why, STATUS_UNAVAILABLE, 0, l->target->program, " ", ending);
	return NOTE_FAILED;
}

int hear_copy(struct launch *l, int channel, const struct detach *d)
{
	struct note note = { .kind = NOTE_NONE };
	int said = NOTE_NONE;

	for (;;) {
		channel_hear(channel, l->ready.deadline_ms, l->o->verbose, &note);
		switch (note.kind) {
		case NOTE_STEP:
			report_step((note.failure.error - l->began) & INT_MAX, note.failure.text);
			break;
		case NOTE_FAILED: /* and be it after NOTE_DONE: it cannot execute */
			l->why = note.failure;
			/* fallthrough */
		case NOTE_DONE:
		case NOTE_PIDFILE_GONE:
			said = note.kind;
			break;
		case NOTE_END:
			return said != NOTE_NONE ? said : missing(l, d, d->timed_out);
		case NOTE_NONE:
			/* silent, and alive: its end of the channel is open */
			(void)sys_kill(d->pid, SIGKILL);
			return missing(l, d, 1);
		default:
			break;
		}
	}
}
