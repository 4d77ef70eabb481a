/* SPDX-License-Identifier: MIT */
/* foreground - the daemon's settings without a daemon: for containers, debuggers,
 * and supervisors that need to be the program's parent. */
#ifndef FOREGROUND_H
#define FOREGROUND_H

#include "launcher/state.h"

/* Called after prepare(): applies the daemon's settings to this process and
 * executes the program. Session, signals and other descriptors stay the caller's;
 * of ours only the pid file's locks remain. Returns only on failure: -1 with
 * l->why, and without the pid file if it was created or written. */
int foreground(struct launch *l);

#endif
