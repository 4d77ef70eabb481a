/* SPDX-License-Identifier: MIT */
#include "spawn/credentials.h"

#include "base/scan.h"
#include "base/sys.h"
#include "base/syscall.h"
#include "base/text.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>

#define JOIN_SESSION_KEYRING 1
#define CAPABILITIES_3 0x20080522 /* _LINUX_CAPABILITY_VERSION_3: 64 bits, in two halves */

/* Kernels without keyrings, and sandboxes that refuse the call, have no keyring to
 * leave. */
static int leave_keyring(void)
{
	int r = (int)sys_call(SYS_keyctl, JOIN_SESSION_KEYRING, NULL);

	return r == -ENOSYS || r == -EPERM || r == -EACCES || r > 0 ? 0 : r;
}

static int drop_inheritable(void)
{
	struct {
		uint32_t version;
		int32_t pid;
	} header = { CAPABILITIES_3, 0 };
	struct {
		uint32_t effective, permitted, inheritable;
	} sets[2];
	int r = (int)sys_call(SYS_capget, &header, sets);

	if (r < 0)
		return r == -ENOSYS ? 0 : r;
	if ((sets[0].inheritable | sets[1].inheritable) == 0)
		return 0;
	sets[0].inheritable = sets[1].inheritable = 0;
	return (int)sys_call(SYS_capset, &header, sets);
}

int credentials_shed(void)
{
	int r = drop_inheritable();

	return r < 0 ? r : leave_keyring();
}

/* unshare(CLONE_THREAD) fails if there are other threads, and otherwise does
 * nothing. */
int credentials_alone(void)
{
	return sys_call(SYS_unshare, CLONE_THREAD) == 0;
}

int credentials_threads(void)
{
	return sys_open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

/* ---- /proc/self/task/TID/status */

/* Returns how many ids follow in this line; -1 if one of them is not in the list. */
static int count_among(struct scan *s, const gid_t *list, unsigned count)
{
	char word[24], end;
	int seen = 0;

	do {
		long long number;
		unsigned i = 0;

		end = scan_field(s, " \t\n", word, sizeof word);
		if (*word == '\0')
			continue;
		if (text_number(word, 0, UINT32_MAX, &number) < 0)
			return -1;
		while (i < count && list[i] != number)
			i++;
		if (i == count)
			return -1;
		seen++;
	} while (end == ' ' || end == '\t');
	return seen;
}

/* Are real, effective, saved and file system id all as wanted? */
static int all_are(struct scan *s, gid_t wanted)
{
	return count_among(s, &wanted, 1) == 4;
}

/* Is the capability mask, which follows a blank, zero? */
static int is_none(struct scan *s)
{
	char word[24];

	(void)scan_field(s, "\n", word, sizeof word);
	return word[0] != '\0' && word[1 + strspn(word + 1, "0")] == '\0';
}

/* Every line that matters must be present and as wanted; only CapAmb may be
 * missing, before Linux 4.3. */
static int is_switched(struct scan *s, const struct identity *id)
{
	enum { UIDS = 1, GIDS = 2, GROUPS = 4, CAPABILITIES = 8 };
	unsigned seen = id->set_groups ? 0 : GROUPS, capabilities = 0;
	char key[16], end;
	int good = 1;

	while (good && (end = scan_field(s, ":\n", key, sizeof key)) != '\0') {
		if (end != ':')
			continue;
		if (text_is("Uid", key, strlen(key))) {
			good = all_are(s, id->uid);
			seen |= UIDS;
		} else if (text_is("Gid", key, strlen(key))) {
			good = all_are(s, id->gid);
			seen |= GIDS;
		} else if (text_is("Groups", key, strlen(key)) && id->set_groups) {
			good = count_among(s, id->groups, id->group_count) == (int)id->group_count;
			seen |= GROUPS;
		} else if (strncmp(key, "Cap", 3) == 0 && !text_is("CapBnd", key, strlen(key))) {
			good = is_none(s) || id->uid == 0;
			capabilities++;
		} else {
			(void)scan_field(s, "\n", NULL, 0);
		}
	}
	seen |= capabilities >= 3 ? CAPABILITIES : 0; /* inheritable, permitted, effective */
	return good && seen == (UIDS | GIDS | GROUPS | CAPABILITIES);
}

/* Returns 1 if the thread has switched, or ended; 0; or -errno. */
static int thread_is_switched(int threads, const char *number, const struct identity *id)
{
	char path[40];
	struct scan s;
	struct text t;
	int fd, r;

	text_begin(&t, path, sizeof path);
	text_str(&t, number);
	text_str(&t, "/status");
	fd = sys_openat(threads, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd == -ENOENT || fd == -ESRCH ? 1 : fd; /* it has ended */
	scan_begin(&s, fd);
	r = is_switched(&s, id);
	scan_close(&s);
	return r;
}

/* HAZARD: a thread that has not switched may start another one that the first pass
 * misses, and end. So the list is read twice. */
int credentials_verify(int threads, const struct identity *id, struct failure *why)
{
	struct scan list;
	int seen = 0;

	for (int pass = 0; pass < 2; pass++) {
		const char *number;

		scan_begin(&list, threads);
		scan_rewind(&list);
		while ((number = scan_entry(&list)) != NULL) {
			int r = thread_is_switched(threads, number, id);

			seen++;
			if (r == 1)
				continue;
			return failure_set(why, STATUS_NOPERM, r < 0 ? -r : 0,
			                   "unable to switch user: thread ", number,
			                   r < 0 ? " cannot be seen"
			                         : " has kept the caller's rights");
		}
	}
	if (seen > 0)
		return 0;
	return failure_set(why, STATUS_NOPERM, 0,
	                   "unable to switch user: the threads of the program cannot be seen");
}
