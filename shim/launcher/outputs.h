/* SPDX-License-Identifier: MIT */
/* outputs - opens the daemon's standard streams, and prepares the plan for the
 * reopen handler. */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "launcher/state.h"

/* Opens l->in, l->out and l->err; envp is the caller's environment. Returns 0, or -1
 * with l->why. */
int outputs_open(struct launch *l, char *const *envp);

/* Adds the log files to reopen to the plan. Returns 0, or -1 with l->why: there are
 * none, or one is outside the chroot (STATUS_CONFIG). */
int outputs_pack(struct launch *l);

#endif
