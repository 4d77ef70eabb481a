/* SPDX-License-Identifier: MIT */
/* envsource - opens a file of variables, and decides how far to trust it.
 *
 * Root may read a file that the daemon's user has written. So it must be a regular
 * file owned by root, the caller or the daemon's user, who learns nothing new from
 * a file of his own; path_open() ensures that the path leads to no other. And where
 * the program is executed before the switch of user, as with a chroot, the user's
 * file must not set variables for the loader, which would load his code with root's
 * rights. */
#ifndef ENVSOURCE_H
#define ENVSOURCE_H

#include "base/report.h"

#include <sys/types.h>

/* Opens path for a daemon that runs as uid ((uid_t)-1: as the caller). Never
 * blocks. *others_write: may anybody but root and the caller have written the file?
 * Returns a descriptor, or -1 with *why (STATUS_CONFIG). */
int envsource_open(const char *path, uid_t uid, int *others_write, struct failure *why);

/* Does this "NAME=VALUE" affect the loader, or libc before main? True for the
 * variables that they ignore in a set-user-ID program. */
int envsource_steers(const char *assignment);

#endif
