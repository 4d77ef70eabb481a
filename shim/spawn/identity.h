/* SPDX-License-Identifier: MIT */
/* identity - the user and groups that the daemon runs as. Names are looked up in
 * the launcher, so that no NSS module is loaded into the daemon; the copy switches
 * to the numbers by system calls alone. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "base/environ.h"
#include "base/report.h"

#include <sys/types.h>

struct identity {
	int wanted;
	uid_t uid;
	gid_t gid;
	int set_groups; /* replace the supplementary groups */
	unsigned group_count;
	gid_t *groups; /* in the memory of an environ_block */
};

/* Looks up user ("user", "user:group", ":group"; NULL: none) and groups (a comma
 * list; NULL: the user's own), and sets HOME, USER, LOGNAME and SHELL in b if the
 * user has an entry. Returns 0, or -1 with *why described. */
int identity_resolve(struct identity *id, const char *user, const char *groups,
                     struct environ_block *b, struct failure *why);

#endif
