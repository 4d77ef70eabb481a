/* SPDX-License-Identifier: MIT */
/* guard - what dsig refuses to do, and why.
 *
 * A refusal is a failure with STATUS_NOPERM; --force overrides it. */
#ifndef GUARD_H
#define GUARD_H

#include "target.h"

/* May this pid file speak for the process it names? Looked at already:
 * t->view.state is running, unlocked, or unknown.
 *
 *   A file of root or of ours may name any process; a file of somebody else
 *   only processes of that somebody, or they could make root signal any.
 *   Unless the kernel itself ties the process to the file (it holds the POSIX
 *   lock), nobody but the owner may have been able to write the file.
 *
 * Returns 0, or -1 with *why described. */
int guard_file(const struct target *t, struct failure *why);

/* Would signal end the process by accident? Signals that are sent to end
 * something (TERM, INT, QUIT, KILL, ABRT) pass, as do those whose default
 * action is to stop the process or nothing; all others pass if the process
 * catches, ignores or blocks them.
 * Returns 0, or -1 with *why described. */
int guard_signal(const struct target *t, int signal, struct failure *why);

/* Would the signal by default end a process, though it is not meant to? */
int guard_can_end_by_accident(int signal);

#endif
