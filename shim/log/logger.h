/* SPDX-License-Identifier: MIT */
/* logger - a command that reads the daemon's output from a pipe. */
#ifndef LOGGER_H
#define LOGGER_H

#include "base/report.h"

#include <sys/types.h>

/* Starts /bin/sh -c command, detached, with the caller's identity and
 * directory, in the environment envp, which must be the caller's own; *fd
 * becomes the end of the pipe to write to and *pid its process. Sees it at
 * work first: a command that cannot be found is an error here. It ends by
 * itself at end of file. Returns 0, or -1 with *why. */
int logger_start(const char *command, char *const *envp, int *fd, pid_t *pid, struct failure *why);

#endif
