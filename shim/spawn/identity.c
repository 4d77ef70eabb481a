/* SPDX-License-Identifier: MIT */
#include "spawn/identity.h"

#include "base/sys.h"
#include "base/text.h"
#include "spawn/lookup.h"

#include <errno.h>
#include <string.h>

#define ID_MAX 4294967294LL /* (uid_t)-1 means "unchanged" to the kernel */
#define GROUPS_LIMIT 65536  /* the kernel's NGROUPS_MAX */

static int unknown(struct failure *why, const char *kind, const char *name)
{
	char shown[TEXT_SHOWN];

	return failure_set(why, STATUS_NOUSER, 0, "unable to find ", kind, " '",
	                   text_quoted(shown, name), "': no such ", kind);
}

/* The look-up failed, so we do not know whether the name exists. */
static int lookup_failed(struct failure *why, int error, const char *kind, const char *name)
{
	char shown[TEXT_SHOWN];

	return failure_set(why, STATUS_OSERR, error, "unable to look up ", kind, " '",
	                   text_quoted(shown, name), "'");
}

/* Tries it as a name first, then as a number: POSIX allows names that look like
 * numbers. */
static int find_group(const char *name, gid_t *gid, struct failure *why)
{
	long long number;

	int r = lookup_group(gid, name);

	if (r == 0)
		return 0;
	if (r != -ENOENT)
		return lookup_failed(why, -r, "group", name);
	if (text_number(name, 0, ID_MAX, &number) < 0)
		return unknown(why, "group", name);
	*gid = (gid_t)number;
	return 0;
}

static int describe_user(const struct lookup_user *user, struct environ_block *b,
                         struct failure *why)
{
	const char *shell = user->shell[0] != '\0' ? user->shell : "/bin/sh";
	int r = environ_set(b, "HOME", (const char *const[]){ user->home, NULL });

	if (r == 0)
		r = environ_set(b, "USER", (const char *const[]){ user->name, NULL });
	if (r == 0)
		r = environ_set(b, "LOGNAME", (const char *const[]){ user->name, NULL });
	if (r == 0)
		r = environ_set(b, "SHELL", (const char *const[]){ shell, NULL });
	return r < 0 ? failure_set(why, STATUS_OSERR, -r, "unable to allocate memory") : 0;
}

static int own_groups(struct identity *id, const struct lookup_user *user, struct environ_block *b,
                      struct failure *why)
{
	int count = 256, r;

	do {
		id->groups = (gid_t *)(void *)environ_alloc(b, (size_t)count * sizeof(gid_t));
		if (id->groups == NULL)
			return failure_set(why, STATUS_OSERR, ENOMEM, "unable to allocate memory");
		r = lookup_groups(user->name, id->gid, id->groups, &count);
	} while (r == -ERANGE && count <= GROUPS_LIMIT);
	if (r < 0)
		return failure_set(why, STATUS_OSERR, -r, "unable to list the groups of ",
		                   user->name);
	id->group_count = (unsigned)count;
	return 0;
}

/* Cuts user at the colon, and points *group behind it, or to NULL if there is none.
 * Returns user. */
static char *split(char *user, char **group)
{
	char *colon = strchr(user, ':');

	*group = NULL;
	if (colon != NULL) {
		*colon = '\0';
		*group = colon + 1;
	}
	return user;
}

static int find_user(struct identity *id, const char *name, const char *group, int own,
                     struct environ_block *b, struct failure *why)
{
	struct lookup_user user;
	long long number;
	int r = lookup_user(&user, name);

	if (r == -ENOENT) {
		if (text_number(name, 0, ID_MAX, &number) < 0)
			return unknown(why, "user", name);
		id->uid = (uid_t)number;
		r = lookup_user_id(&user, id->uid);
		if (r == -ENOENT) {
			/* A number that no user has is valid, but has no primary
			 * group; the group with that number may be sudo. */
			if (group == NULL)
				return failure_set(why, STATUS_NOUSER, 0,
				                   "unable to find a group for user ", name,
				                   ", which has no name; give one, as in ", name,
				                   ":", name);
			id->set_groups = 1;
			return find_group(group, &id->gid, why);
		}
	}
	if (r < 0)
		return lookup_failed(why, -r, "user", name);
	id->uid = user.uid;
	id->gid = user.gid;
	if (describe_user(&user, b, why) < 0)
		return -1;
	id->set_groups = 1;
	if (group != NULL && find_group(group, &id->gid, why) < 0)
		return -1;
	return own ? own_groups(id, &user, b, why) : 0;
}

static int find_groups(struct identity *id, const char *list, struct environ_block *b,
                       struct failure *why)
{
	size_t most = strlen(list) / 2 + 1;

	id->set_groups = 1;
	id->group_count = 0;
	id->groups = (gid_t *)(void *)environ_alloc(b, most * sizeof(gid_t));
	if (id->groups == NULL)
		return failure_set(why, STATUS_OSERR, ENOMEM, "unable to allocate memory");
	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		char name[256];
		struct text t;

		text_begin(&t, name, sizeof name);
		text_mem(&t, list, len);
		if (t.cut || len == 0)
			return unknown(why, "group", name);
		if (find_group(name, &id->groups[id->group_count], why) < 0)
			return -1;
		id->group_count++;
		list += len + (list[len] == ',');
	}
	return 0;
}

int identity_resolve(struct identity *id, const char *user, const char *groups,
                     struct environ_block *b, struct failure *why)
{
	char copy[512], *group, *name;
	struct text t;

	memset(id, 0, sizeof *id);
	if (user == NULL && groups == NULL)
		return 0;
	id->wanted = 1;
	id->uid = sys_geteuid();
	id->gid = sys_getegid();
	text_begin(&t, copy, sizeof copy);
	text_str(&t, user != NULL ? user : "");
	if (t.cut)
		return unknown(why, "user", user);
	name = split(copy, &group);
	if (*name == '\0' && group != NULL && *group == '\0')
		return unknown(why, "user", ":");
	if (*name != '\0') {
		if (find_user(id, name, group, groups == NULL, b, why) < 0)
			return -1;
	} else if (group != NULL && find_group(group, &id->gid, why) < 0) {
		return -1;
	}
	/* An unprivileged user who names himself needs no switch. */
	if (groups == NULL && sys_geteuid() != 0 && id->uid == sys_geteuid() &&
	    id->gid == sys_getegid())
		id->wanted = 0;
	return groups != NULL ? find_groups(id, groups, b, why) : 0;
}
