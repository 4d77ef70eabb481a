/* SPDX-License-Identifier: MIT */
/* lookup - users by name or number, and groups by name.
 *
 * libc's own functions load modules (NSS) into the calling process, which is a
 * host, or a static tool that cannot load any. So getent(1) is asked, or
 * /etc/passwd and /etc/group are read where there is none. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <sys/types.h>

struct lookup_user {
	uid_t uid;
	gid_t gid;
	char name[256];
	char home[1024];
	char shell[1024]; /* may be empty */
};

/* All return 0; -ENOENT: there is no such entry; or another -errno: the look-up
 * failed. */

/* Finds the user called name, even if that looks like a number. */
int lookup_user(struct lookup_user *user, const char *name);

/* Finds a user with this uid. */
int lookup_user_id(struct lookup_user *user, uid_t uid);

/* Sets *gid to the id of the group called name. */
int lookup_group(gid_t *gid, const char *name);

/* Lists the groups of the user called name: the gid first, then those of which the
 * user is a member. *count is the room in groups, and becomes the number of groups;
 * -ERANGE if that exceeds the room. */
int lookup_groups(const char *name, gid_t first, gid_t *groups, int *count);

#endif
