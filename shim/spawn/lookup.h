/* SPDX-License-Identifier: MIT */
/* lookup - users and groups by name, or user by number.
 *
 * libc's own functions load modules (NSS) into the process that asks, which is
 * a host's, or a static tool's that cannot load any. So getent(1) is asked,
 * and /etc/passwd and /etc/group where there is none. */
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

/* All return 0; -ENOENT: there is none; or another -errno: that could not be
 * found out. */

/* The user called name, also if that looks like a number, or the user that
 * has this uid. */
int lookup_user(struct lookup_user *user, const char *name);
int lookup_user_id(struct lookup_user *user, uid_t uid);

/* The number of the group called name. */
int lookup_group(gid_t *gid, const char *name);

/* The groups of the user called name: first, then those that name it a
 * member. *count is the room and becomes the number of them; -ERANGE: that is
 * more than the room. */
int lookup_groups(const char *name, gid_t first, gid_t *groups, int *count);

#endif
