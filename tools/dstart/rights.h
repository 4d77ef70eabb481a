/* SPDX-License-Identifier: MIT */
/* rights - would a program gain rights at exec? Then it runs in "secure-execution
 * mode" (AT_SECURE), in which the loader ignores LD_PRELOAD. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include "base/sys.h"

enum rights {
	RIGHTS_SAME,
	RIGHTS_SETUID,       /* the set-user-ID bit, and another owner */
	RIGHTS_SETGID,       /* the same for the group */
	RIGHTS_CAPABILITIES, /* security.capability, and we are not root */
	RIGHTS_OURS,         /* our own effective ids differ from the real ones */
};

/* The user who will execute the program, if it is not the caller. */
struct rights_user {
	uid_t uid;
	gid_t gid;
};

/* Which rights would user (NULL: the caller) gain by execve(2) of path, whose
 * status is st? path must not be a script: for that the kernel goes by the
 * interpreter. */
enum rights rights_gained(const char *path, const struct sys_stat *st,
                          const struct rights_user *user);

/* Does that depend on the user? */
int rights_special(const char *path, const struct sys_stat *st);

#endif
