/* SPDX-License-Identifier: MIT */
#include "launcher/abandon.h"

#include "base/clock.h"
#include "base/process.h"
#include "base/sys.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define GRACE_MS 2000
#define ALL_MS 1000 /* after this SIGTERM also goes to those whose parents are still alive */
#define KILL_MS 2000
#define LOOK_MS 20 /* poll interval: no event tells when a process ends that is not our child */

/* Signals kin, but never a process that has reused its pid: a child of ours keeps
 * its pid until we wait for it, and for others a pidfd is opened before the start
 * time is checked. Without pidfds those are skipped: they become our children when
 * their parents end. */
static void signal_kin(const struct family *f, const struct kin *kin, int number)
{
	struct process_stat now;
	int pidfd;

	if (kin->parent == f->launcher) {
		(void)sys_kill(kin->pid, number);
		return;
	}
	pidfd = sys_pidfd_open(kin->pid);
	if (pidfd < 0)
		return;
	if (process_stat(kin->pid, &now) == 0 && now.start_ticks == kin->began)
		(void)sys_pidfd_signal(pidfd, number);
	sys_close(pidfd);
}

/* Waits for children that have ended. Returns how many members are still alive. */
static unsigned reap(struct family *f)
{
	unsigned alive = 0;
	int status;

	(void)sys_waitpid(f->first, &status, WNOHANG);
	family_look(f);
	while (family_reap(f, &status) > 0)
		family_look(f);
	for (unsigned i = 0; i < f->count; i++)
		alive += !f->kin[i].ended;
	return alive;
}

/* Sends SIGTERM to each member once; without `all`, only to our own children, which
 * should end their children themselves. */
static void ask(struct family *f, int all)
{
	for (unsigned i = 0; i < f->count; i++) {
		struct kin *kin = &f->kin[i];

		if (kin->ended || kin->asked || !(all || family_is_root(f, kin)))
			continue;
		kin->asked = 1;
		signal_kin(f, kin, SIGTERM);
		signal_kin(f, kin, SIGCONT); /* it may be stopped */
	}
}

static void await_event(const struct attend *attend)
{
	struct pollfd event = { .fd = attend->fd, .events = POLLIN };

	(void)sys_poll(&event, 1, LOOK_MS);
	while (attend_signal(attend) > 0)
		; /* we are ending already */
}

void abandon(struct ready *r)
{
	struct family *f = &r->follow.family;
	const long long began = clock_ms();

	while (reap(f) > 0 && clock_ms() < began + GRACE_MS) {
		ask(f, clock_ms() >= began + ALL_MS);
		await_event(&r->attend);
	}
	/* A killed process may leave children, which become ours. */
	while (reap(f) > 0 && clock_ms() < began + GRACE_MS + KILL_MS) {
		for (unsigned i = 0; i < f->count; i++)
			if (!f->kin[i].ended)
				signal_kin(f, &f->kin[i], SIGKILL);
		await_event(&r->attend);
	}
}
