/* SPDX-License-Identifier: MIT */
/* replace - stops the running daemon, as dsig stop does. */
#ifndef REPLACE_H
#define REPLACE_H

#include "base/report.h"
#include "options/options.h"

/* For launch_target.make_way: stops the daemon of o->pidfile and its whole session,
 * by the schedule o->stop. Returns 0, also if it has ended by itself; or -1 with
 * *why, without text if the failure has been reported. */
int replace_running(const struct options *o, struct failure *why);

#endif
