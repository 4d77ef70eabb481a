/* SPDX-License-Identifier: MIT */
#include "ready/follow.h"

#include "base/process.h"
#include "base/path.h"
#include "base/sys.h"
#include "base/text.h"

#include <limits.h>
#include <string.h>

/* For how long the daemon must have slept: as a single process, as one that was
 * left in the background, as several processes. */
#define REST_MS 3
#define REST_LEFT_MS 10
#define REST_MANY_MS 50

/* Without coming to rest, the daemon is considered ready after this much time of
 * its own (rest.h), or at most this much real time. One that was left in the
 * background may fork again, and gets more. */
#define BUSY_MS 200
#define BUSY_LEFT_MS 1000
#define BUSY_MOST_MS 5000

/* A process that waits for a child in a session of its own is probably about to
 * exit and leave it in the background: wait until all have been asleep this long,
 * or this much real time. */
#define LEAVING_MS 2000
#define LEAVING_MOST_MS 10000

/* If two processes are left in the background, one may be a helper about to end. */
#define SEVERAL_MS 1000

void follow_start(struct follow *f, pid_t first, long long now_ms)
{
	family_start(&f->family, first);
	f->daemon = first;
	f->since_ms = now_ms;
}

/* Updates the family, and waits for orphans that have ended. Remembers the last
 * one, but prefers one that failed: it explains more. */
static void collect(struct follow *f)
{
	int status;
	pid_t pid;

	family_look(&f->family);
	while ((pid = family_reap(&f->family, &status)) > 0) {
		if (f->lost == 0 || f->lost_status == 0 || status != 0) {
			f->lost = pid;
			f->lost_status = status;
		}
		family_look(&f->family); /* its children are ours now */
	}
}

/* The first number in the program's own pid file, if it is a live member; else 0. */
static pid_t named(const struct follow *f)
{
	char buf[64], *digits = buf;
	int fd = path_open(f->want->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const struct kin *kin;
	long long pid;
	ssize_t n;

	if (fd < 0)
		return 0;
	n = sys_read(fd, buf, sizeof buf - 1);
	sys_close(fd);
	buf[n > 0 ? n : 0] = '\0';
	digits += strspn(buf, " \t");
	digits[strspn(digits, "0123456789")] = '\0';
	if (text_number(digits, 2, INT_MAX, &pid) < 0)
		return 0;
	kin = family_find(&f->family, (pid_t)pid);
	return kin != NULL && !kin->ended ? kin->pid : 0;
}

/* Finds live members whose parent is the launcher, two at most. Returns how many. */
static unsigned roots(const struct follow *f, pid_t root[2])
{
	unsigned count = 0;

	root[0] = root[1] = 0;
	for (unsigned i = 0; i < f->family.count && count < 2; i++)
		if (family_is_root(&f->family, &f->family.kin[i]))
			root[count++] = f->family.kin[i].pid;
	return count;
}

/* Does the daemon seem to wait for its child to be ready, before it exits? Then
 * that is its only child, and leads its own session (a server's workers may each
 * lead one). */
static int waits_for_child(const struct follow *f)
{
	const struct kin *only = NULL;

	for (unsigned i = 0; i < f->family.count; i++) {
		const struct kin *kin = &f->family.kin[i];

		if (kin->ended)
			continue;
		if (kin->parent == f->daemon && only != NULL)
			return 0;
		if (kin->parent == f->daemon)
			only = kin;
	}
	return only != NULL && only->session == only->pid;
}

static pid_t decide(const struct follow *f, unsigned orphans, pid_t orphan)
{
	switch (f->want->kind) {
	case FORKS_FILE:
		return named(f);
	case FORKS_MUST:
		return f->left && orphans == 1 ? orphan : 0;
	case FORKS_AUTO:
		if (f->left)
			return orphans == 1 ? orphan : 0;
		break;
	case FORKS_NEVER:
		break;
	}
	return f->family.first;
}

enum follow_verdict follow_look(struct follow *f, long long now_ms, int *wait_status)
{
	pid_t root[2], daemon, before[2] = { f->others[0], f->others[1] };
	int left = f->left;
	unsigned count;

	if (!f->left && family_ended(f->family.first, wait_status) > 0) {
		f->left = *wait_status == 0 && f->want->kind != FORKS_NEVER;
		if (!f->left)
			return FOLLOW_ENDED;
	}
	collect(f);
	count = roots(f, root);
	if (f->left && count == 0) {
		collect(f); /* a list that changes while it is read may lack a process */
		count = roots(f, root);
	}
	if (f->left && count == 0) {
		*wait_status = 0;
		return f->lost != 0 && f->lost_status != 0 ? FOLLOW_LOST : FOLLOW_ENDED;
	}
	daemon = decide(f, count, root[0]);
	f->others[0] = daemon == 0 && count > 1 ? root[0] : 0;
	f->others[1] = daemon == 0 && count > 1 ? root[1] : 0;
	if (daemon != f->daemon || left != f->left || memcmp(before, f->others, sizeof before) != 0)
		f->since_ms = now_ms;
	f->daemon = daemon;
	f->leaving = f->want->kind != FORKS_NEVER && !f->left &&
	             (count > 1 || daemon != f->family.first || waits_for_child(f));
	if (f->left && f->others[0] != 0 && f->want->kind != FORKS_FILE &&
	    now_ms - f->since_ms >= SEVERAL_MS)
		return FOLLOW_SEVERAL;
	return FOLLOW_GO_ON;
}

int follow_settled(struct follow *f, long long said_ms, long long now_ms)
{
	const long long since = f->since_ms > said_ms ? f->since_ms : said_ms;
	const long long rested = rest_look(&f->rest, &f->family, now_ms);
	const long long busy = rest_own_time(&f->rest, &f->family, since, now_ms);
	long long need = f->left ? REST_LEFT_MS : REST_MS, most = BUSY_MOST_MS;

	if (f->rest.alive > 1)
		need = REST_MANY_MS;
	if (f->leaving) {
		need = LEAVING_MS;
		most = LEAVING_MOST_MS;
	} else if (busy >= (f->left ? BUSY_LEFT_MS : BUSY_MS) || f->rest.alive == 0) {
		most = BUSY_MS; /* also if no process can be seen */
	}
	need -= rested > 0 ? rested : 0;
	most -= now_ms - since;
	if (need <= 0 || most <= 0)
		return 0;
	return (int)(need < most ? need : most);
}
