/* SPDX-License-Identifier: MIT */
/* become - the switch of user, in the copy: before exec, where memory may be
 * shared with a host that has threads; or after it, when there was a chroot. */
#ifndef BECOME_H
#define BECOME_H

#include "spawn/identity.h"

/* What the caller has handed down besides ids is given up (credentials.h),
 * if there is somebody to become. Before exec, in a process with one thread.
 * Returns 0, or -1 with *why, as those that follow; and then the process must
 * end. */
int become_shed(const struct identity *id, struct failure *why);

/* Becomes it, for good: groups, then group, then user, then sees that there
 * is no way back. System calls only; for a process with one thread. */
int become_user(const struct identity *id, struct failure *why);

/* The same after exec, where a library may have started threads: with all of
 * them, and each is looked at. threads: of credentials_threads(), -errno where
 * there is no such list; then it is refused unless the kernel says that there
 * is but one. */
int become_user_late(const struct identity *id, int threads, struct failure *why);

#endif
