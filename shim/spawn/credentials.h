/* SPDX-License-Identifier: MIT */
/* credentials - what a switch of user includes besides the ids: what a process has
 * inherited from its caller, and its other threads. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "base/report.h"
#include "spawn/identity.h"

/* Replaces the caller's session keyring by a new one, and clears the inheritable
 * capabilities, and thereby the ambient ones. For a process with one thread: the
 * kernel keeps both per thread. Returns 0, or -errno. */
int credentials_shed(void);

/* Is this the only thread of its process? Returns 1; 0 if not, or if the kernel
 * does not say. */
int credentials_alone(void);

/* Opens the list of this process's threads, which must happen before a chroot.
 * Returns a descriptor, or -errno. */
int credentials_threads(void);

/* Checks that each thread in the list has the user and groups of id and, unless the
 * user is root, no capabilities. Returns 0, or -1 with *why described. */
int credentials_verify(int threads, const struct identity *id, struct failure *why);

#endif
