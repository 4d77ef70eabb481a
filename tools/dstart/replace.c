/* SPDX-License-Identifier: MIT */
#include "replace.h"

#include "dsig/stop.h"

int replace_running(const struct options *o, struct failure *why)
{
	static struct target target;
	const struct cmdline order = { .own = { .stop = o->stop },
		                       .all = 1,
		                       .keep_pidfile = 1,
		                       .timeout_ms = -1,
		                       .wait_ms = -1 };
	int status;

	if (target_from_path(&target, o->pidfile, why) < 0)
		return -1;
	target.view.pidfd = -1;
	status = stop(&order, NULL, &target);
	target_close(&target);
	if (status == STATUS_OK || status == STATUS_STALE || status == STATUS_STOPPED)
		return 0;
	return failure_set(why, status == STATUS_UNKNOWN ? STATUS_CANTCREAT : status, 0, "");
}
