/* SPDX-License-Identifier: MIT */
/* sockets - which of given sockets listen. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "options/values.h"

#include <sys/types.h>

#define SOCKETS_MAX 256
#define OWNERS_MAX 8

/* A set of socket inodes; empty when count is 0. */
struct sockets {
	unsigned count;
	unsigned long long inodes[SOCKETS_MAX];
};

/* Whose sockets count where they cannot be told by their inodes. */
struct owners {
	unsigned count;
	uid_t uids[OWNERS_MAX];
};

/* Which sockets are meant. */
struct sockets_wanted {
	const struct listen_want *want;
	const struct sockets *set;    /* these; or NULL: */
	const struct owners *owners;  /* those of these users, or of everybody if NULL, */
	const struct sockets *barred; /* but not these */
};

/* Adds an inode that is not in the set yet. Returns 0, or -1: no room. */
int sockets_add(struct sockets *set, unsigned long long inode);
int sockets_contain(const struct sockets *set, unsigned long long inode);

/* Does one of them listen as wanted, in the network namespace of process pid, which is ours
 * or not? Returns 1 or 0. Tables that cannot be read count as empty.
 *
 * Without a port wanted, a UDP socket counts on a port that must have been chosen: below
 * those that the kernel gives to clients. */
int sockets_listening(const struct sockets_wanted *wanted, pid_t pid, int our_network);

/* Adds all that listen as wanted, in our network namespace. */
void sockets_list(struct sockets *set, const struct listen_want *want);

#endif
