/* SPDX-License-Identifier: MIT */
#include "ready/mode.h"

#include "base/clock.h"
#include "base/sys.h"
#include "base/text.h"

#include <fcntl.h>
#include <string.h>

/* No event tells when a program begins to listen or falls asleep, so we poll. The
 * interval is a fixed part of the time waited so far, so a start is delayed by that
 * part at most. */
#define LOOK_PART 16
#define LOOK_MOST_MS 20

static int begin_nothing(struct ready *r, uid_t uid)
{
	(void)r;
	(void)uid;
	return 0;
}

static int always(struct ready *r, struct failure *why)
{
	(void)r;
	(void)why;
	return 1;
}

static int at_events(const struct ready *r)
{
	(void)r;
	return -1;
}

int mode_after_a_part(const struct ready *r)
{
	long long part = 1 + (clock_ms() - r->began_ms) / LOOK_PART;

	return part < LOOK_MOST_MS ? (int)part : LOOK_MOST_MS;
}

static int begin_notify(struct ready *r, uid_t uid)
{
	return notify_open(&r->notify, uid);
}

static int check_notify(struct ready *r, struct failure *why)
{
	(void)why;
	r->notify.daemon = r->follow.daemon != 0 ? r->follow.daemon : r->daemon;
	notify_read(&r->notify);
	if (r->notify.extend_ms > 0) {
		long long later = clock_ms() + r->notify.extend_ms;

		r->deadline_ms = later > r->deadline_ms ? later : r->deadline_ms;
		r->notify.extend_ms = 0;
	}
	if (r->notify.ready)
		notify_linger(&r->notify);
	return r->notify.ready;
}

static int begin_listen(struct ready *r, uid_t uid)
{
	(void)uid;
	listen_begin(&r->listen, &r->want->listen);
	return 0;
}

static int check_listen(struct ready *r, struct failure *why)
{
	int found = listen_ready(&r->listen, &r->follow.family);

	if (found >= 0)
		return found;
	return failure_set(why, STATUS_UNAVAILABLE, -found, "unable to see the sockets of ",
	                   r->program,
	                   ", another user's process: say which with listen=PORT or "
	                   "listen=/PATH, or have CAP_SYS_PTRACE");
}

static int check_alive(struct ready *r, struct failure *why)
{
	(void)why;
	return clock_ms() >= r->began_ms + r->want->alive_ms;
}

static int next_alive(const struct ready *r)
{
	long long left = r->began_ms + r->want->alive_ms - clock_ms();

	return left < 0 ? 0 : (int)left;
}

/* Opens the pipe. Its write end has the wanted number in the daemon and, until that
 * is started, in the launcher. */
static int begin_line(struct ready *r, uid_t uid)
{
	int ends[2], e = sys_pipe(ends, O_CLOEXEC | O_NONBLOCK);

	(void)uid;
	if (e < 0)
		return e;
	r->line_fd = sys_raise(ends[0]);
	ends[1] = sys_raise(ends[1]); /* away from the wanted number */
	e = ends[1] < 0 ? ends[1] : sys_dup2(ends[1], r->want->line_fd);
	if (e >= 0)
		r->line_daemons = r->want->line_fd;
	sys_close(ends[1]);
	return r->line_fd < 0 ? r->line_fd : e < 0 ? e : sys_fcntl(e, F_SETFL, 0);
}

static int check_line(struct ready *r, struct failure *why)
{
	char text[256], number[24];
	ssize_t n;

	while ((n = sys_read(r->line_fd, text, sizeof text)) > 0)
		r->line_seen |= memchr(text, '\n', (size_t)n) != NULL;
	if (r->line_seen || n != 0)
		return r->line_seen;
	return failure_set(why, STATUS_UNAVAILABLE, 0, r->program, " closed descriptor ",
	                   text_decimal(number, r->want->line_fd), " without a newline");
}

const struct mode mode_table[] = {
	[READY_SETTLED] = { begin_nothing, always, mode_after_a_part, 1 },
	[READY_MAIN] = { begin_nothing, always, at_events, 0 },
	[READY_NOTIFY] = { begin_notify, check_notify, at_events, 1 },
	[READY_LISTEN] = { begin_listen, check_listen, mode_after_a_part, 1 },
	[READY_LINE] = { begin_line, check_line, at_events, 1 },
	[READY_ALIVE] = { begin_nothing, check_alive, next_alive, 0 },
};
_Static_assert(sizeof mode_table / sizeof *mode_table == READY_KINDS, "a row for each mode");
