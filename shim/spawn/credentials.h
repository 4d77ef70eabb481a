/* SPDX-License-Identifier: MIT */
/* credentials - what goes along with a switch of user besides the ids: what a
 * process has inherited from its caller, and its other threads. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "base/report.h"
#include "spawn/identity.h"

/* Leaves the caller's session keyring for a new one, and gives up capabilities
 * that could be inherited, and with them the ambient ones. For a process with
 * one thread: the kernel keeps both for each thread. Returns 0, or -errno. */
int credentials_shed(void);

/* Is this the only thread of its process? 1; 0 if not, or if the kernel does
 * not say. */
int credentials_alone(void);

/* The list of this process's threads, to be opened before a chroot: a
 * descriptor, or -errno. */
int credentials_threads(void);

/* Sees that each of them has the user, the groups and, unless that is root, no
 * capability. Returns 0, or -1 with *why. */
int credentials_verify(int threads, const struct identity *id, struct failure *why);

#endif
