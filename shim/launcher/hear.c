/* SPDX-License-Identifier: MIT */
#include "launcher/hear.h"

#include "base/sys.h"
#include "base/text.h"
#include "wire/channel.h"

#include <limits.h>

#define LATE_NOTES 256 /* accepted after the deadline: they may have been sent in time */
#define END_MS 1000

/* Finds out how the copy ended; returns false if that is unknown. The channel is
 * closed a moment before the copy can be waited for, and its parent may be init by
 * then. */
static int knows_end(const struct detach *d, int *wait_status)
{
	int r = d->ended;

	*wait_status = d->wait_status;
	for (int waited = 0; r == 0 && waited < END_MS; waited++) {
		r = family_ended(d->pid, wait_status);
		if (r == 0)
			(void)sys_poll(NULL, 0, 1);
	}
	return r > 0;
}

/* Describes a copy that has not reported. Returns -1. */
static int missing(struct launch *l, const struct detach *d, int is_late)
{
	char ending[128];
	int wait_status;
	struct text t;

	text_begin(&t, ending, sizeof ending);
	if (is_late)
		text_str(&t, "was not ready in time");
	else if (knows_end(d, &wait_status))
		report_ending(&t, wait_status);
	else
		text_str(&t, "ended");
	if (!is_late)
		text_str(&t, " before it was ready");
	return failure_set(&l->why, STATUS_UNAVAILABLE, 0, l->target->program, " ", ending);
}

/* The copy runs as the daemon's user, so its report is not trusted. Only the
 * statuses of its own failures are accepted: it cannot claim success, nor that
 * another daemon is running, which scripts treat as success. */
static void take_failure(struct failure *why, const struct note *note)
{
	static const short statuses[] = { STATUS_UNAVAILABLE,    STATUS_OSERR,
		                          STATUS_CANTCREAT,      STATUS_NOPERM,
		                          STATUS_NOT_EXECUTABLE, STATUS_NOT_FOUND };
	int known = 0;

	for (unsigned i = 0; i < sizeof statuses / sizeof *statuses; i++)
		known |= note->failure.status == statuses[i];
	*why = note->failure;
	if (!known)
		why->status = STATUS_UNAVAILABLE;
	if (why->text[0] == '\0')
		(void)failure_set(why, why->status, why->error, "unable to start");
}

int hear_copy(struct launch *l, int channel, const struct detach *d)
{
	const int failed_already = l->why.status != 0;
	struct note note = { .kind = NOTE_NONE };
	int done = 0, failed = failed_already, late = 0;

	for (;;) {
		channel_hear(channel, l->ready.deadline_ms, &note);
		if (clock_ms() > l->ready.deadline_ms && late++ == LATE_NOTES)
			note.kind = NOTE_NONE; /* it never stops sending */
		switch (note.kind) {
		case NOTE_STEP:
			if (l->o->verbose)
				report_step((note.failure.error - l->began) & INT_MAX,
				            note.failure.text);
			break;
		case NOTE_DONE:
			/* Do not wait for EOF: a child of some library's
			 * constructor may have inherited the other end. */
			if (l->target->library != NULL)
				return failed ? -1 : 0;
			done = 1;
			break;
		case NOTE_FAILED: /* also after NOTE_DONE: exec failed */
			if (!failed_already)
				take_failure(&l->why, &note);
			failed = 1;
			break;
		case NOTE_END:
			if (done && !failed)
				return 0;
			return failed ? -1 : missing(l, d, d->timed_out);
		case NOTE_NONE:
			/* alive: its end of the channel is open */
			detach_kill(d);
			return failed ? -1 : missing(l, d, 1);
		default:
			break;
		}
	}
}
