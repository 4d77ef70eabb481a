/* SPDX-License-Identifier: MIT */
/* prepare - the part of a launch during which stderr is the user's and
 * nothing has been started: everything that can fail is done here. */
#ifndef PREPARE_H
#define PREPARE_H

#include "launcher/state.h"

/* Describes the failure "unable to WHAT" of an errno as STATUS_OSERR; -1. */
int prepare_os_error(struct launch *l, int error, const char *what);

/* Environment, identity, pid file, logs. Returns 0, or -1 with l->why; what
 * was opened then stays for the launch to clean up. */
int prepare(struct launch *l, char *const *envp);

/* What of prepare needs nothing done: the descriptors to keep, the users, the
 * environment. Has said all that is wrong; returns the status of the first. */
int prepare_check(struct launch *l, char *const *envp);

/* Writes the plan and lists the descriptors for a copy that will have
 * l->copy.channel. 0, or -1 with l->why. */
int prepare_copy(struct launch *l);

#endif
