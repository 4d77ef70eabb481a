/* SPDX-License-Identifier: MIT */
#include "launcher/abandon.h"

#include "base/clock.h"
#include "base/process.h"
#include "base/sys.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define GRACE_MS 2000
#define ALL_MS 1000 /* of that: then those are asked, too, whose parents live on */
#define KILL_MS 2000
#define LOOK_MS 20 /* what is no child of ours ends without a word to us */

/* Sends a signal to a member that we have seen, and to nobody who has its number by now:
 * a child of ours keeps it until we wait for it, and for the others a pidfd is opened
 * before it is looked at again. Where there are none, they are ours when their parents
 * have ended. */
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

/* Waits for those that have ended. Returns how many there still are. */
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

/* Asks each to end, once; those that have a parent first leave that to it. */
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
	/* Whoever has been killed may have left others, who are ours now. */
	while (reap(f) > 0 && clock_ms() < began + GRACE_MS + KILL_MS) {
		for (unsigned i = 0; i < f->count; i++)
			if (!f->kin[i].ended)
				signal_kin(f, &f->kin[i], SIGKILL);
		await_event(&r->attend);
	}
}
