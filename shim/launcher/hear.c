/* SPDX-License-Identifier: MIT */
#include "launcher/hear.h"

#include "base/sys.h"
#include "base/text.h"
#include "wire/channel.h"

#include <limits.h>

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
	return failure_set(&l->why, STATUS_UNAVAILABLE, 0, l->target->program, " ", ending);
}

int hear_copy(struct launch *l, int channel, const struct detach *d)
{
	const int failed_already = l->why.status != 0;
	struct note note = { .kind = NOTE_NONE };
	int done = 0, failed = failed_already;

	for (;;) {
		channel_hear(channel, l->ready.deadline_ms, &note);
		switch (note.kind) {
		case NOTE_STEP:
			if (l->o->verbose)
				report_step((note.failure.error - l->began) & INT_MAX,
				            note.failure.text);
			break;
		case NOTE_DONE:
			/* Who else may have the channel's other end, a child of some
			 * library's constructor, is not waited for. */
			if (l->target->library != NULL)
				return failed ? -1 : 0;
			done = 1;
			break;
		case NOTE_FAILED: /* and be it after NOTE_DONE: it cannot execute */
			if (!failed_already)
				l->why = note.failure;
			failed = 1;
			break;
		case NOTE_END:
			if (done && !failed)
				return 0;
			return failed ? -1 : missing(l, d, d->timed_out);
		case NOTE_NONE:
			/* silent, and alive: its end of the channel is open */
			detach_kill(d);
			return failed ? -1 : missing(l, d, 1);
		default:
			break;
		}
	}
}
