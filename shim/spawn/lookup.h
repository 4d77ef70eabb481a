/* SPDX-License-Identifier: MIT */
/* lookup - users and groups by name. Two implementations: shim/lookup.c asks
 * the C library, tools/lookup.c asks getent(1), for a static program cannot
 * load the modules (NSS) through which libc would ask. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <sys/types.h>

/* The strings stay until the next look-up of a user. */
struct lookup_user {
	uid_t uid;
	gid_t gid;
	const char *name;
	const char *home;
	const char *shell; /* may be empty */
};

/* The user called name, also if that looks like a number, or the user that
 * has this uid. Return 0, or -1: there is none, or none to be found out. */
int lookup_user(struct lookup_user *user, const char *name);
int lookup_user_id(struct lookup_user *user, uid_t uid);

/* The number of the group called name; 0 or -1 as above. */
int lookup_group(gid_t *gid, const char *name);

/* The groups of the user called name: first, then those that name it a
 * member. *count is the room and becomes the number of them. Returns 0; or
 * -1, with *count larger than it was if that much room is needed. */
int lookup_groups(const char *name, gid_t first, gid_t *groups, int *count);

#endif
