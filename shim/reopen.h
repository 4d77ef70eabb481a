/* SPDX-License-Identifier: MIT */
/* reopen - log files opened anew on a signal, for log rotation by rename. */
#ifndef REOPEN_H
#define REOPEN_H

#include <sys/types.h>

/* From now on, signal number opens out and err (NULL: not this stream; the same
 * path: one file) again, created with mode if need be, and puts them in
 * place of descriptors 1 and 2. Where that fails, the old file stays. A
 * handler that the program installs for the signal replaces ours. */
void reopen_arm(int number, const char *out, const char *err, mode_t mode);

#endif
