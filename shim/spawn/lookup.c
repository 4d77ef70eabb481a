/* SPDX-License-Identifier: MIT */
#include "spawn/lookup.h"

#include <grp.h>
#include <pwd.h>
#include <stddef.h>

static int describe(struct lookup_user *user, const struct passwd *entry)
{
	if (entry == NULL)
		return -1;
	*user = (struct lookup_user){ .uid = entry->pw_uid,
		                      .gid = entry->pw_gid,
		                      .name = entry->pw_name,
		                      .home = entry->pw_dir,
		                      .shell = entry->pw_shell };
	return 0;
}

int lookup_user(struct lookup_user *user, const char *name)
{
	return describe(user, getpwnam(name));
}

int lookup_user_id(struct lookup_user *user, uid_t uid)
{
	return describe(user, getpwuid(uid));
}

int lookup_group(gid_t *gid, const char *name)
{
	const struct group *entry = getgrnam(name);

	if (entry == NULL)
		return -1;
	*gid = entry->gr_gid;
	return 0;
}

int lookup_groups(const char *name, gid_t first, gid_t *groups, int *count)
{
	return getgrouplist(name, first, groups, count) < 0 ? -1 : 0;
}
