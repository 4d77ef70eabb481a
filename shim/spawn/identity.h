/* SPDX-License-Identifier: MIT */
/* identity - the user and the groups that the daemon runs as. Names are
 * looked up in the launcher, so that no NSS module is loaded into the
 * daemon; numbers are assumed later, by system calls alone. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "base/environ.h"
#include "base/report.h"

#include <sys/types.h>

struct identity {
	int wanted;
	uid_t uid;
	gid_t gid;
	int set_groups; /* the supplementary groups are to be replaced */
	unsigned group_count;
	gid_t *groups; /* in memory of the environment under construction */
};

/* Looks up user ("user", "user:group", ":group"; NULL: none) and groups
 * (a comma list; NULL: the user's own), and puts HOME, USER, LOGNAME and
 * SHELL into b for a known user. Returns 0, or -1 with *why described. */
int identity_resolve(struct identity *id, const char *user, const char *groups,
                     struct environ_block *b, struct failure *why);

/* What the caller has handed down besides ids is given up (credentials.h),
 * if there is somebody to become. Before exec, in a process with one thread.
 * Returns 0, or -1 with *why, as those that follow; and then the process must
 * end. */
int identity_shed(const struct identity *id, struct failure *why);

/* Becomes it, for good: groups, then group, then user, then sees that there
 * is no way back. System calls only; for a process with one thread. */
int identity_assume(const struct identity *id, struct failure *why);

/* The same after exec, where a library may have started threads: with all of
 * them, and each is looked at. threads: of credentials_threads(), -errno where
 * there is no such list; then it is refused unless the kernel says that there
 * is but one. */
int identity_assume_late(const struct identity *id, int threads, struct failure *why);

#endif
