/* SPDX-License-Identifier: MIT */
/* outputs - the daemon's standard streams: opened by the launcher, and what of
 * them the reopen handler has to know. */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "launcher/state.h"

/* Opens l->in, l->out and l->err; envp is the caller's environment. Returns 0, or -1
 * with l->why. */
int outputs_open(struct launch *l, char *const *envp);

/* Adds the files to reopen to the plan. The same. */
int outputs_pack(struct launch *l);

#endif
