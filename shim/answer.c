/* SPDX-License-Identifier: MIT */
#include "answer.h"

#include "channel.h"
#include "text.h"

#include <limits.h>
#include <signal.h>

static void late(struct launch *l)
{
	(void)failure_set(&l->why, STATUS_UNAVAILABLE, 0, l->target->program,
	                  " was not ready in time");
}

/* Describes that there was no answer. */
static void missing(struct launch *l, const struct detach *d)
{
	char ending[128];
	struct text t;

	text_begin(&t, ending, sizeof ending);
	if (d->ended)
		report_ending(&t, d->wait_status);
	else
		text_str(&t, "ended");
	text_str(&t, " before it was ready");
	(void)failure_set(&l->why, STATUS_UNAVAILABLE, 0, l->target->program, " ", ending);
}

int answer_hear(struct launch *l, int channel, const struct detach *d)
{
	struct note note = { .kind = NOTE_NONE };

	for (;;) {
		channel_hear(channel, l->ready.deadline_ms, &note);
		switch (note.kind) {
		case NOTE_BORN:
			continue;
		case NOTE_STEP:
			report_step((note.failure.error - l->began) & INT_MAX, note.failure.text);
			continue;
		case NOTE_DONE:
		case NOTE_GONE:
			break;
		case NOTE_FAILED:
			l->why = note.failure;
			break;
		case NOTE_NONE:
			/* silent, and alive: its end of the channel is open */
			(void)kill(d->pid, SIGKILL);
			late(l);
			note.kind = NOTE_FAILED;
			break;
		default:
			if (d->timed_out)
				late(l);
			else
				missing(l, d);
			note.kind = NOTE_FAILED;
		}
		return note.kind;
	}
}

int answer_end(struct launch *l, int channel, int said)
{
	struct note note = { .kind = NOTE_NONE };

	do
		channel_hear(channel, l->ready.deadline_ms, &note);
	while (note.kind == NOTE_STEP || note.kind == NOTE_BORN);
	if (note.kind == NOTE_FAILED && said == NOTE_DONE) {
		l->why = note.failure;
		return NOTE_FAILED;
	}
	return said;
}
