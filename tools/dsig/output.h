/* SPDX-License-Identifier: MIT */
/* output - opens the file that a daemon writes its standard output to. The reader
 * may be root, and the daemon hostile. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/sys.h"

/* Opens for reading the regular file that process pid has open for writing as
 * descriptor 1. pidfd: of the same process; -1: none. The daemon cannot make root
 * read a file that it could only name, nor open a device. Returns a descriptor with
 * *file, or -errno (-ENOTTY: it is not a regular file open for writing). */
int output_open_file(pid_t pid, int pidfd, struct sys_stat *file);

#endif
