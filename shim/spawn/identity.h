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

#endif
