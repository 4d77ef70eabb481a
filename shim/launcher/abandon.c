/* SPDX-License-Identifier: MIT */
#include "launcher/abandon.h"

#include "base/clock.h"
#include "base/process.h"
#include "base/sys.h"
#include "base/text.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#define GRACE_MS 2000
#define CHILDREN_MAX 4096

static void await_event(const struct ready *r, long long until)
{
	struct pollfd event = { .fd = r->signals, .events = POLLIN };
	struct signalfd_siginfo info;
	long long left = until - clock_ms();

	(void)sys_poll(&event, 1, left > 0 ? (int)left : 0);
	while (sys_read(r->signals, &info, sizeof info) > 0)
		;
}

/* Gone, and waited for, within ms? */
static int reaped(pid_t pid, const struct ready *r, int ms)
{
	long long until = clock_ms() + ms;

	while (sys_waitpid(pid, NULL, WNOHANG) == 0) {
		if (clock_ms() >= until)
			return 0;
		await_event(r, until);
	}
	return 1;
}

/* Who began later: of the same clock tick, who has the higher number. */
static int younger(const struct process_stat *a, pid_t pid, const struct process_stat *b,
                   pid_t than)
{
	return a->start_ticks != b->start_ticks ? a->start_ticks > b->start_ticks : pid > than;
}

/* Is this child of ours the daemon's, or what a process of it has left
 * behind? Not if it lives in our session, as what our caller had started
 * does (we may be its "exec"), or in a logger's. */
static int is_orphan(const struct ready *r, pid_t pid, const struct process_stat *daemon)
{
	struct process_stat child;

	if (process_stat(pid, &child) < 0 || child.session == sys_getsid(0))
		return 0;
	for (int i = 0; i < 2; i++)
		if (r->loggers[i] > 0 &&
		    (pid == r->loggers[i] || child.session == sys_getsid(r->loggers[i])))
			return 0;
	return younger(&child, pid, daemon, r->daemon);
}

/* What the daemon has started and left behind is our child by now. Returns
 * how many have been ended. */
static int kill_orphans(const struct ready *r, const struct process_stat *daemon)
{
	char list[CHILDREN_MAX];
	int killed = 0;

	if (sys_read_file("/proc/thread-self/children", list, sizeof list) <= 0)
		return 0;
	for (char *at = list, *next; *at != '\0'; at = next) {
		long long pid;

		next = at + strcspn(at, " ");
		if (*next != '\0')
			*next++ = '\0';
		if (text_number(at, 1, INT_MAX, &pid) < 0 || !is_orphan(r, (pid_t)pid, daemon))
			continue;
		(void)sys_kill((pid_t)pid, SIGKILL);
		killed += reaped((pid_t)pid, r, GRACE_MS);
	}
	return killed;
}

void abandon(struct ready *r)
{
	pid_t group = sys_getpgid(r->daemon);
	struct process_stat stat;
	int known = process_stat(r->daemon, &stat) == 0, status;
	long long until = clock_ms() + GRACE_MS;

	(void)sys_kill(r->daemon, SIGTERM);
	if (group > 1)
		(void)sys_kill(-group, SIGTERM);
	while (!ready_ended(r->daemon, &status) && clock_ms() < until)
		await_event(r, until);
	(void)sys_kill(r->daemon, SIGKILL);
	if (group > 1)
		(void)sys_kill(-group, SIGKILL);
	(void)reaped(r->daemon, r, GRACE_MS);
	while (known && kill_orphans(r, &stat) > 0)
		; /* their children are ours now */
}
