/* SPDX-License-Identifier: MIT */
/* rights - would a program run with more rights than we have, and so in
 * "secure execution" (AT_SECURE), where the loader takes no preloads? */
#ifndef RIGHTS_H
#define RIGHTS_H

#include "base/sys.h"

enum rights {
	RIGHTS_SAME,
	RIGHTS_SETUID,       /* the set-user-ID bit, and another owner than us */
	RIGHTS_SETGID,       /* the same for the group */
	RIGHTS_CAPABILITIES, /* security.capability, and we are not root */
	RIGHTS_OURS,         /* our own effective ids differ from the real ones */
};

/* Who will execute it, if not we as we are. */
struct rights_user {
	uid_t uid;
	gid_t gid;
};

/* What execve(2) of path, whose stat is st, would bring user (NULL: us). A
 * program, not a script: the kernel goes by the interpreter. */
enum rights rights_gained(const char *path, const struct sys_stat *st,
                          const struct rights_user *user);

/* Does that depend on the user at all? */
int rights_special(const char *path, const struct sys_stat *st);

#endif
