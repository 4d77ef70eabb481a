/* SPDX-License-Identifier: MIT */
/* output - the file that a daemon writes its standard output to, opened for a
 * reader who may be root, while the daemon may be hostile. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/sys.h"

/* Opens the regular file that descriptor 1 of process pid (pidfd: the same; -1:
 * no such thing) is open on for writing. Root is not led to read what the daemon
 * could only name, nor to open a device. Returns a descriptor for reading and
 * *file; or -errno, -ENOTTY when it is something else. */
int output_open_file(pid_t pid, int pidfd, struct sys_stat *file);

#endif
