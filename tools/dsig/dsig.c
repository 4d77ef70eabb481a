/* SPDX-License-Identifier: MIT */
/* dsig - signals daemons through their pid files. Start reading here.
 *
 *   cmdline, help                       command  the words it understands
 *   target        an operand's pid file     guard    what is refused, and why
 *   verify        whom it may speak for     deliver  sends to, and awaits, a process
 *   act           the commands              log      one more
 *   show, table, facts, escape              status and list
 *
 * and of the library pidfile and inspect: whom a pid file names. */
#include "act.h"
#include "base/report.h"
#include "cmdline.h"
#include "log.h"
#include "show.h"
#include "target.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char report_name[] = "dsig";

typedef int act(const struct cmdline *o, struct target *t);

static act *const acts[] = {
	[COMMAND_SIGNAL] = act_signal, [COMMAND_STOP] = act_stop, [COMMAND_WAIT] = act_wait,
	[COMMAND_PID] = act_pid,       [COMMAND_LOG] = log_show,
};

static void be_quiet(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0)
		return;
	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(null, STDERR_FILENO);
	(void)close(null);
}

/* The command for each operand in turn; the largest status. */
static int each(const struct cmdline *o, act *perform)
{
	static struct target target;
	int largest = STATUS_OK;

	for (unsigned i = 0; i < o->count; i++) {
		struct failure why;
		int status = STATUS_USAGE;

		target.view.pidfd = -1;
		if (target_from_operand(&target, &o->operands[i], &why) == 0)
			status = perform(o, &target);
		else
			report_failure(&why);
		target_close(&target);
		largest = status > largest ? status : largest;
	}
	return largest;
}

int main(int argc, char **argv)
{
	struct cmdline o;
	int status;

	status = cmdline_read(&o, argc, argv);
	if (status < 0 && o.quiet)
		be_quiet();
	if (status < 0) {
		if (o.command.kind == COMMAND_STATUS)
			status = show_status(&o);
		else if (o.command.kind == COMMAND_LIST)
			status = show_list(&o);
		else
			status = each(&o, acts[o.command.kind]);
	}
	free(o.operands);
	return status;
}
