/* SPDX-License-Identifier: MIT */
/* prepare - what the launcher does before it starts the copy, while stderr is still
 * the user's. As much as possible of what can fail is done here. */
#ifndef PREPARE_H
#define PREPARE_H

#include "launcher/state.h"

/* Sets l->why: STATUS_OSERR, "unable to WHAT", and an errno. Returns -1. */
int prepare_os_error(struct launch *l, int error, const char *what);

/* Prepares environment, identity, pid file and logs; envp is the caller's
 * environment. Returns 0, or -1 with l->why; launch() then cleans up what was
 * opened. */
int prepare(struct launch *l, char *const *envp);

/* The checks of prepare() that have no side effects: descriptors to keep, user and
 * groups, environment. Reports failures; returns the status of the first one, or
 * STATUS_OK. */
int prepare_check(struct launch *l, char *const *envp);

/* Fills in l->plan and l->copy, whose channel is already open. Returns 0, or -1
 * with l->why. */
int prepare_copy(struct launch *l);

#endif
