/* SPDX-License-Identifier: MIT */
/* envsource - whose word a file of variables is.
 *
 * Root reads the file, and the daemon's user may have written it. So it must
 * be a regular file of root's, of the caller's or of the daemon's user, whose
 * own text tells him nothing new; path_open() sees to it that its name leads
 * to no other. And where the program is executed before the switch of user,
 * as with a chroot, no variable of his may steer the loader: it would load
 * his code with root's rights. */
#ifndef ENVSOURCE_H
#define ENVSOURCE_H

#include "base/report.h"

#include <sys/types.h>

/* Opens path for a daemon of user uid ((uid_t)-1: the caller's own). Never
 * blocks. *others_write: may anybody but root and the caller have written it?
 * Returns a descriptor, or -1 with *why. */
int envsource_open(const char *path, uid_t uid, int *others_write, struct failure *why);

/* Does this "NAME=VALUE" steer the loader or libc before main? These are the
 * variables that they ignore in a set-user-ID program. */
int envsource_steers(const char *assignment);

#endif
