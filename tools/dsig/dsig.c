/* SPDX-License-Identifier: MIT */
/* dsig - signals daemons through their pid files. Start reading here.
 *
 *   cmdline, option, help               command  the words it understands
 *   target        an operand's pid file     guard    what is refused, and why
 *   verify        whom it may speak for     deliver  sends to, and awaits, a process
 *   act, stop, log                          reopen, session  what they look at afterwards
 *   show, table, facts, escape              status and list
 *   say           what is printed
 *
 * and of the library pidfile and inspect: whom a pid file names. */
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

/* All commands for one daemon, until one fails. */
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

/* The commands for each operand in turn; the largest status. */
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
