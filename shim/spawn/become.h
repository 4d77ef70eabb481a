/* SPDX-License-Identifier: MIT */
/* become - switches user, in the copy: before exec, where memory may be shared with
 * a host that has threads; or after exec, if there was a chroot. */
#ifndef BECOME_H
#define BECOME_H

#include "spawn/identity.h"

/* Gives up what the caller has passed down besides ids (credentials.h), if there is
 * a user to switch to. Call it before exec, in a process with one thread. Returns
 * 0, or -1 with *why described, like the functions below; then the process must
 * end. */
int become_shed(const struct identity *id, struct failure *why);

/* Switches to id for good: supplementary groups, then group, then user; then checks
 * that there is no way back. Makes system calls only; for a process with one
 * thread. */
int become_user(const struct identity *id, struct failure *why);

/* The same after exec, where a library may have started threads: switches all of
 * them, and checks each. threads is the result of credentials_threads(); if it is
 * -errno, this fails unless the kernel says that there is only one thread. */
int become_user_late(const struct identity *id, int threads, struct failure *why);

#endif
