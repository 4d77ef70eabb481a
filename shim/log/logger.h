/* SPDX-License-Identifier: MIT */
/* logger - a command that reads the daemon's output from a pipe. */
#ifndef LOGGER_H
#define LOGGER_H

#include "base/report.h"

#include <sys/types.h>

/* Starts /bin/sh -c command, detached, with the caller's identity and directory and
 * the environment envp, which must be the caller's own. Sets *fd to the write end
 * of its pipe and *pid to its process. Waits until it is at work, so that a command
 * which cannot be found fails here. The command should end at EOF. Returns 0, or -1
 * with *why described. */
int logger_start(const char *command, char *const *envp, int *fd, pid_t *pid, struct failure *why);

#endif
