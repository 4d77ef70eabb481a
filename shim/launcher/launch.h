/* SPDX-License-Identifier: MIT */
/* launch - the first stage, in the caller's process: prepares everything, starts
 * the copy, waits until it is ready, reports. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include "launcher/state.h"

/* Starts target as a daemon, with an environment made from envp, the caller's.
 * Returns STATUS_OK once the daemon is ready, or the exit status after reporting
 * the failure. The caller must then leave by _exit: orphans may have become
 * children of this process. */
int launch(struct launch_target *target, const struct options *o, char *const *envp);

/* Opens /dev/null as descriptors 0 to 2 where these are closed, so that no file
 * opened later gets their numbers and receives our messages. */
void launch_fill_std(void);

#endif
