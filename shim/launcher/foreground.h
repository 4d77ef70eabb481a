/* SPDX-License-Identifier: MIT */
/* foreground - the daemon's settings without a daemon: for containers,
 * debuggers, and supervisors that want to be its parent. */
#ifndef FOREGROUND_H
#define FOREGROUND_H

#include "launcher/state.h"

/* After prepare: makes this process what the daemon would be, but for its
 * session, signals and other descriptors, which stay the caller's, and executes
 * the program. Nothing of us stays but the pid file's lock. Returns only when
 * that fails: -1 with l->why, and the pid file is as it was, or gone. */
int foreground(struct launch *l);

#endif
