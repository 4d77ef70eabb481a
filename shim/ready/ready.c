/* SPDX-License-Identifier: MIT */
#include "ready/ready.h"

#include "base/clock.h"
#include "base/sys.h"
#include "base/text.h"
#include "ready/mode.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

int ready_interrupted(const struct ready *r, struct failure *why)
{
	int number = attend_signal(&r->attend);

	if (number > 0)
		(void)failure_set(why, STATUS_SIGNALLED + number, 0, "");
	return number > 0;
}

/* ---- why it is not ready */

static int died(const struct ready *r, pid_t left, int wait_status, struct failure *why)
{
	char text[640];
	struct text t;

	text_begin(&t, text, sizeof text);
	if (left > 0) {
		text_str(&t, ": process ");
		text_num(&t, left);
		text_str(&t, ", which it had left in the background,");
	}
	text_str(&t, " ");
	report_ending(&t, wait_status);
	text_str(&t, " before it was ready");
	if (r->notify.status[0] != '\0') {
		text_str(&t, ", its status: ");
		text_str(&t, r->notify.status);
	}
	return failure_set(why, STATUS_UNAVAILABLE, r->notify.error, r->program, text);
}

static int several(const struct ready *r, struct failure *why)
{
	char text[64];
	struct text t;

	text_begin(&t, text, sizeof text);
	text_num(&t, r->follow.others[0]);
	text_str(&t, " and ");
	text_num(&t, r->follow.others[1]);
	return failure_set(why, STATUS_UNAVAILABLE, 0, r->program,
	                   " has left several processes in the background, ", text,
	                   ": name the program's own pid file, DAEMONIZE_FORKS=/PATH (",
	                   "--forks=/PATH)");
}

/* Appends what we have waited for in vain. */
static void describe(const struct ready *r, struct text *t)
{
	const struct listen_want *listen = &r->want->listen;
	unsigned port;

	if (r->notify.status[0] != '\0') {
		text_str(t, ", its status: ");
		text_str(t, r->notify.status);
	} else if (r->want->kind == READY_NOTIFY) {
		text_str(t, ": it has not sent READY=1");
	} else if (r->want->kind == READY_LINE) {
		text_str(t, ": it has not written a newline to descriptor ");
		text_num(t, r->want->line_fd);
	} else if (r->want->kind == READY_LISTEN) {
		text_str(t, ": it was not seen to listen on ");
		if (listen->kind == LISTEN_PORT) {
			text_str(t, "port ");
			text_num(t, (long)listen->port);
		} else {
			text_str(t, listen->kind == LISTEN_ANY ? "a socket" : listen->path);
		}
		/* of any port it is known that there is none */
		port = listen->kind != LISTEN_ANY ? listen_port(&r->listen, &r->follow.family) : 0;
		if (port > 0) {
			text_str(t, ", but on port ");
			text_num(t, (long)port);
		}
	}
}

static int late(const struct ready *r, struct failure *why)
{
	const struct forks_want *forks = r->follow.want;
	char number[32], detail[PATH_MAX];
	struct text t;

	if (forks->kind == FORKS_MUST && !r->follow.left)
		return failure_set(why, STATUS_UNAVAILABLE, 0, r->program,
		                   " stays in the foreground, but DAEMONIZE_FORKS is 1");
	text_begin(&t, number, sizeof number);
	text_ms(&t, r->timeout_ms);
	if (forks->kind == FORKS_FILE && r->follow.daemon == 0)
		return failure_set(why, STATUS_UNAVAILABLE, 0, r->program, " was not ready in ",
		                   number, " seconds: ", forks->path, " names no process of it");
	text_begin(&t, detail, sizeof detail);
	describe(r, &t);
	return failure_set(why, STATUS_UNAVAILABLE, 0, r->program, " was not ready in ", number,
	                   " seconds", detail);
}

/* ---- the wait */

int ready_begin(struct ready *r, uid_t uid, struct failure *why)
{
	int e = 0;

	if (r->want->kind != READY_MAIN) /* no process is watched then */
		e = family_begin(&r->follow.family, r->loggers);
	if (e == 0)
		e = mode_table[r->want->kind].begin(r, uid);
	return e == 0 ? 0 : failure_set(why, STATUS_OSERR, -e, "unable to watch for readiness");
}

/* Updates which process is the daemon. Returns 0, or -1 with *why: there will be
 * none. */
static int look(struct ready *r, struct failure *why)
{
	int status;

	switch (follow_look(&r->follow, clock_ms(), &status)) {
	case FOLLOW_ENDED:
		return died(r, 0, status, why);
	case FOLLOW_LOST:
		return died(r, r->follow.lost, r->follow.lost_status, why);
	case FOLLOW_SEVERAL:
		return several(r, why);
	case FOLLOW_GO_ON:
		break;
	}
	return 0;
}

/* Returns 1 ready; 0 not yet: check again in *next_ms (-1: at an event); -1 never,
 * with *why. */
static int is_ready(struct ready *r, int *next_ms, struct failure *why)
{
	const struct mode *mode = &mode_table[r->want->kind];
	int said, rest = 0;

	*next_ms = mode->next(r);
	/* before look(): what is ready counts only if it is still alive afterwards */
	said = mode->check(r, why);
	if (look(r, why) < 0)
		return -1;
	if (r->follow.others[0] != 0)
		*next_ms = mode_after_a_part(r);
	if (said <= 0) {
		r->said_ms = 0;
		return said;
	}
	if (r->said_ms == 0)
		r->said_ms = clock_ms();
	if (r->follow.daemon != 0 && mode->at_rest)
		rest = follow_settled(&r->follow, r->said_ms, clock_ms());
	if (r->follow.daemon != 0 && rest == 0)
		return 1;
	*next_ms = mode_after_a_part(r);
	if (rest > 0 && rest < *next_ms)
		*next_ms = rest;
	return 0;
}

static int until_then(const struct ready *r, int next_ms)
{
	long long left = r->deadline_ms - clock_ms();

	if (left <= 0)
		return 0;
	if (next_ms >= 0 && next_ms < left)
		return next_ms;
	return left < INT_MAX ? (int)left : INT_MAX;
}

int ready_wait(struct ready *r, struct failure *why)
{
	struct pollfd events[2] = { { .events = POLLIN },
		                    { .fd = r->notify.fd, .events = POLLIN } };

	int e = attend_open(&r->attend);

	if (e < 0)
		return failure_set(why, STATUS_OSERR, -e, "unable to receive signals");
	events[0].fd = r->attend.fd;
	if (r->line_fd >= 0)
		events[1].fd = r->line_fd;
	r->began_ms = clock_ms();
	follow_start(&r->follow, r->daemon, r->began_ms);
	for (;;) {
		int ready, next_ms;

		if (ready_interrupted(r, why))
			return -1;
		ready = is_ready(r, &next_ms, why);
		if (ready != 0) {
			r->daemon = ready > 0 ? r->follow.daemon : r->daemon;
			return ready > 0 ? 0 : -1;
		}
		if (clock_ms() >= r->deadline_ms)
			return late(r, why);
		(void)sys_poll(events, 2, until_then(r, next_ms));
	}
}
