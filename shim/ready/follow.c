/* SPDX-License-Identifier: MIT */
#include "ready/follow.h"

#include "base/process.h"
#include "base/path.h"
#include "base/sys.h"
#include "base/text.h"

#include <limits.h>
#include <string.h>

/* How long a process has to sleep: alone; alone, after its parent has left it; with others. */
#define REST_MS 3
#define REST_LEFT_MS 10
#define REST_MANY_MS 50

/* What does not come to rest in so much time of its own is as ready as it will be; or after
 * so much of the world's, however little it has had of that. One that has been left may
 * leave once more, and has more time. */
#define BUSY_MS 200
#define BUSY_LEFT_MS 1000
#define BUSY_MOST_MS 5000

/* One that waits for a child in a session of its own is about to leave it to itself, unless
 * nobody does anything. */
#define LEAVING_MS 2000
#define LEAVING_MOST_MS 10000

/* Two that have been left: one may be a helper, about to end. */
#define SEVERAL_MS 1000

void follow_start(struct follow *f, pid_t first, long long now_ms)
{
	family_start(&f->family, first);
	f->daemon = first;
	f->since_ms = now_ms;
}

/* Orphans that have ended are waited for. One that failed says more than one that did not. */
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
		family_look(&f->family); /* what it has left is a child of ours by now */
	}
}

/* The program's own pid file: the first number in it, if that is one of the family. */
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

/* Those without a parent of their own; two of them at most. */
static unsigned roots(const struct follow *f, pid_t root[2])
{
	unsigned count = 0;

	root[0] = root[1] = 0;
	for (unsigned i = 0; i < f->family.count && count < 2; i++)
		if (family_is_root(&f->family, &f->family.kin[i]))
			root[count++] = f->family.kin[i].pid;
	return count;
}

/* A parent that waits until its child can do without it: that has a session of its own,
 * as the only child (a server's workers may each have one). */
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
		collect(f); /* a list that is read while it changes may lack somebody */
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
		most = BUSY_MS; /* also where nothing can be seen */
	}
	need -= rested > 0 ? rested : 0;
	most -= now_ms - since;
	if (need <= 0 || most <= 0)
		return 0;
	return (int)(need < most ? need : most);
}
