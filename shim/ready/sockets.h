/* SPDX-License-Identifier: MIT */
/* sockets - which of given sockets listen. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "ready/listen.h"

#define SOCKETS_MAX 256

/* A set of socket inodes; empty when count is 0. */
struct sockets {
	unsigned count;
	unsigned long long inodes[SOCKETS_MAX];
};

/* Adds an inode that is not in the set yet. Returns 0, or -1: no room. */
int sockets_add(struct sockets *set, unsigned long long inode);

/* Does one of the set listen as wanted, in the network namespace of process
 * pid, which is ours or not? Returns 1 or 0. Tables that cannot be read
 * count as empty. */
int sockets_listening(const struct sockets *set, pid_t pid, int our_network,
                      const struct listen_want *want);

#endif
