/* SPDX-License-Identifier: MIT */
#include "spawn/become.h"

#include "base/sys.h"
#include "spawn/credentials.h"

#include <errno.h>

static int refused(struct failure *why, int error, const char *what)
{
	const char *hint =
		error == EPERM && sys_geteuid() != 0 ? " (only root may switch user)" : "";

	return failure_set(why, STATUS_NOPERM, error, "unable to ", what, hint);
}

/* Checks all ids, and that the old ones cannot be regained: with a capability that
 * securebits(7) kept, one system call could make this process root again. */
static int no_way_back(const struct identity *id, struct failure *why)
{
	uid_t users[3] = { 0 };
	gid_t groups[3] = { 0 };
	int kept, r = sys_getresuid(users);

	if (r == 0)
		r = sys_getresgid(groups);
	if (r < 0)
		return refused(why, -r, "read the user and group ids");
	kept = sys_fsuid() != id->uid || sys_fsgid() != id->gid;
	for (int i = 0; i < 3; i++)
		kept |= users[i] != id->uid || groups[i] != id->gid;
	if (kept)
		return failure_set(why, STATUS_NOPERM, 0,
		                   "unable to switch user: the kernel has kept an old id");
	if (id->uid != 0 && sys_setresuid((uid_t)-1, 0, (uid_t)-1) == 0)
		return failure_set(why, STATUS_NOPERM, 0,
		                   "unable to switch user: the old user could be regained");
	return 0;
}

/* libc's own functions, which switch all threads. Where libc has none, or one that
 * another library interposes fails, the system call switches only the calling
 * thread: the result is checked afterwards. */
/* NOLINTBEGIN(readability-redundant-declaration): weak */
extern int setresuid(uid_t, uid_t, uid_t) __attribute__((weak));
extern int setresgid(gid_t, gid_t, gid_t) __attribute__((weak));
extern int setgroups(size_t, const gid_t *) __attribute__((weak));
/* NOLINTEND(readability-redundant-declaration) */

static int set_groups(const struct identity *id, int all)
{
	if (all && setgroups != NULL && setgroups(id->group_count, id->groups) == 0)
		return 0;
	return sys_setgroups(id->group_count, id->groups);
}

static int set_gid(gid_t gid, int all)
{
	if (all && setresgid != NULL && setresgid(gid, gid, gid) == 0)
		return 0;
	return sys_setresgid(gid, gid, gid);
}

static int set_uid(uid_t uid, int all)
{
	if (all && setresuid != NULL && setresuid(uid, uid, uid) == 0)
		return 0;
	return sys_setresuid(uid, uid, uid);
}

static int switch_ids(const struct identity *id, int all, struct failure *why)
{
	int r = id->set_groups ? set_groups(id, all) : 0;

	if (r < 0)
		return refused(why, -r, "set the supplementary groups");
	r = set_gid(id->gid, all);
	if (r < 0)
		return refused(why, -r, "switch group");
	r = set_uid(id->uid, all);
	if (r < 0)
		return refused(why, -r, "switch user");
	return no_way_back(id, why);
}

int become_shed(const struct identity *id, struct failure *why)
{
	int r = id->wanted ? credentials_shed() : 0;

	return r < 0 ? refused(why, -r, "leave the caller's keyring and capabilities") : 0;
}

int become_user(const struct identity *id, struct failure *why)
{
	return id->wanted ? switch_ids(id, 0, why) : 0;
}

int become_user_late(const struct identity *id, int threads, struct failure *why)
{
	if (!id->wanted)
		return 0;
	if (credentials_alone())
		return switch_ids(id, 0, why);
	if (threads < 0)
		return refused(why, -threads,
		               "switch user: /proc/self/task, where its threads are");
	if (switch_ids(id, 1, why) < 0)
		return -1;
	return credentials_verify(threads, id, why);
}
