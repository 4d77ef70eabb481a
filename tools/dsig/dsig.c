/* SPDX-License-Identifier: MIT */
/* dsig - signals daemons through their pid files. Start reading here.
 *
 *   cmdline, option, help        the command line
 *   command                      the commands
 *   target                       which pid file an operand means
 *   verify, guard                whether dsig may act on its process
 *   act, stop, log               carry out the commands
 *   deliver                      sends signals, and waits for a process
 *   reopen, session              what the daemon and its processes do afterwards
 *   show, table, facts, escape   status and list
 *   output, tail                 the daemon's log file
 *   say                          what is printed
 *
 * In the library, pidfile and inspect find out which process a pid file names. */
#include "base/report.h"
#include "cmdline.h"
#include "say.h"
#include "target.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

const char report_name[16] = "dsig";

static void be_quiet(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0)
		return;
	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(null, STDERR_FILENO);
	(void)close(null);
}

/* Runs the commands for one daemon, until one fails. Returns its status. */
static int all_commands(const struct cmdline *o, struct target *t)
{
	int status = STATUS_OK;

	for (unsigned i = 0; i < o->commands && status == STATUS_OK; i++) {
		t->view.pidfd = -1;
		status = o->command[i].act(o, &o->command[i], t);
		target_close(t);
	}
	return status;
}

/* Runs the commands for each operand. Returns the largest status. */
static int all_operands(const struct cmdline *o)
{
	static struct target target;
	int largest = STATUS_OK;

	for (unsigned i = 0; i < o->count; i++) {
		struct failure why;
		int status = STATUS_USAGE;

		if (target_from_operand(&target, &o->operands[i], o->directory, &why) == 0)
			status = all_commands(o, &target);
		else
			report_failure(&why);
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
	if (status < 0)
		status = o.command[0].show != NULL ? o.command[0].show(&o) : all_operands(&o);
	free(o.operands);
	return say_end(status);
}
