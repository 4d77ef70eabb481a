/* SPDX-License-Identifier: MIT */
/* sockets - searches the kernel's tables for listening sockets. */
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

/* Users whose sockets count if their inodes are unknown. */
struct owners {
	unsigned count;
	uid_t uids[OWNERS_MAX];
};

/* Which sockets to look for. */
struct sockets_wanted {
	const struct listen_want *want;
	const struct sockets *set;    /* only these; or, if NULL, */
	const struct owners *owners;  /* those of these users (NULL: nobody) */
	const struct sockets *barred; /* except these */
	unsigned *port;               /* of the one found, 0 if it has a path; or NULL */
};

/* sockets_add adds inode, unless it is in the set. Returns 0, or -1: no room.
 * sockets_contain: is inode in the set? */
int sockets_add(struct sockets *set, unsigned long long inode);
int sockets_contain(const struct sockets *set, unsigned long long inode);

/* Does one of them listen as wanted in the network namespace of process pid?
 * our_network: is that our own? Returns 1 or 0. Tables that cannot be read count as
 * empty.
 *
 * If no port is wanted, a UDP socket counts only below the ephemeral ports: its
 * port must have been chosen. */
int sockets_listening(const struct sockets_wanted *wanted, pid_t pid, int our_network);

/* Adds all sockets in our network namespace that listen as wanted. */
void sockets_list(struct sockets *set, const struct listen_want *want);

#endif
