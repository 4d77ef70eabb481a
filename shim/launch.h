/* SPDX-License-Identifier: MIT */
/* launch - the first stage, in the caller's process: prepares everything,
 * starts the copy, waits, reports. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include "environ.h"
#include "image.h"
#include "options.h"

/* What is to become the daemon. */
struct launch_target {
	struct image image;
	const char *program; /* what messages call it */
	const char *library; /* this library's file; NULL: the target cannot be preloaded, so
	                      * everything is done before it is executed */
	int is_tool;         /* exec errors have env(1)'s statuses */
	struct environ_block memory; /* begun: for its arguments, and its environment */
};

/* Starts target as a daemon, in an environment made of envp. Returns an exit
 * status, after the message that goes with it: 0 the daemon is ready. The
 * caller leaves by _exit, for it may have children that are not its own. */
int launch(struct launch_target *target, const struct options *o, char *const *envp);

/* Makes sure that descriptors 0 to 2 are open, so that nothing that is opened
 * later takes their place and receives our messages. */
void launch_fill_std(void);

#endif
