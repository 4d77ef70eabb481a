/* SPDX-License-Identifier: MIT */
/* guard - what dsig refuses to do, and why.
 *
 * A refusal is a struct failure with STATUS_NOPERM; --force overrides it. */
#ifndef GUARD_H
#define GUARD_H

#include "target.h"

/* May this pid file be trusted to name its process? t->view is filled in, and its
 * state is running, unlocked or unknown.
 *
 * Root's file, or our own, may name any process; another user's file only a process
 * of that user, who could otherwise make root signal any process. Unless a lock or
 * the stamp ties the process to the file, nobody but its owner may be able to write
 * it.
 *
 * Returns 0, or -1 with *why. */
int guard_file(const struct target *t, struct failure *why);

/* May signal be sent without ending the process by accident? Signals that are meant
 * to end it (TERM, INT, QUIT, KILL, ABRT) may, as may those that by default only
 * stop it or do nothing; others only if the process catches, ignores or blocks
 * them. Returns 0, or -1 with *why. */
int guard_signal(const struct target *t, int signal, struct failure *why);

/* Does signal by default end a process, without being meant to? */
int guard_can_end_by_accident(int signal);

#endif
