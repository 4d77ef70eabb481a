/* SPDX-License-Identifier: MIT */
/* reopen - reopens log files on a signal, for log rotation by rename. */
#ifndef REOPEN_H
#define REOPEN_H

/* Installs a handler for signal number. It opens the log files of the sealed plan
 * again, creating them if necessary, and puts them in place of descriptors 1 and 2
 * where these still are our logs; with the same path for both, as one open file. If
 * that fails, for example because a part of the path has become a symbolic link,
 * the old file stays. The program may install a handler of its own instead. Returns
 * 0, or -errno (-EINVAL: libc reserves the signal for itself). */
int reopen_arm(int number);

#endif
