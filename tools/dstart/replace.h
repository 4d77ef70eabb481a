/* SPDX-License-Identifier: MIT */
/* replace - ends the daemon that runs, as dsig stop does. */
#ifndef REPLACE_H
#define REPLACE_H

#include "base/report.h"
#include "options/options.h"

/* For launch_target.make_way: ends the daemon of o->pidfile, and all of its
 * session, by o->stop. Returns 0, also if it has ended by itself; or -1 with
 * *why, whose text is empty if all has been said. */
int replace_running(const struct options *o, struct failure *why);

#endif
