/* SPDX-License-Identifier: MIT */
/* launch - the first stage, in the caller's process: prepares everything,
 * starts the copy, waits, reports. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include "launcher/state.h"

/* Starts target as a daemon, in an environment made of envp. Returns an exit
 * status, after the message that goes with it: 0 the daemon is ready. The
 * caller leaves by _exit, for it may have children that are not its own. */
int launch(struct launch_target *target, const struct options *o, char *const *envp);

/* Makes sure that descriptors 0 to 2 are open, so that nothing that is opened
 * later takes their place and receives our messages. */
void launch_fill_std(void);

#endif
