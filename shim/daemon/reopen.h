/* SPDX-License-Identifier: MIT */
/* reopen - log files opened anew on a signal, for log rotation by rename. */
#ifndef REOPEN_H
#define REOPEN_H

/* From now on, signal number opens the log files of the plan that is kept
 * again (the same path for both streams: one file), created if need be, and
 * puts them in place of descriptors 1 and 2, if these are logs still. Where
 * that fails, as where a part of the path has become a symbolic link, the old
 * file stays. A handler that the program installs for the signal replaces ours.
 * Returns 0, or -errno: -EINVAL for a signal that this libc has for itself. */
int reopen_arm(int number);

#endif
