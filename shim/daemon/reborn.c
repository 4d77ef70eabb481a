/* SPDX-License-Identifier: MIT */
#include "daemon/reborn.h"

#include "base/host.h"
#include "base/sys.h"
#include "base/text.h"
#include "daemon/apply.h"
#include "daemon/reopen.h"
#include "daemon/scrub.h"
#include "daemon/sealed.h"
#include "wire/channel.h"

#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Removes our traces from the environment. */
static void forget(void)
{
	scrub_preload();
	scrub_variable(PLAN_MARK);
}

/* Removes our traces, and sets up what stays in the daemon. */
static int settle(struct plan *plan, struct failure *why)
{
	int r;

	if (plan->comm[0] != '\0')
		(void)sys_prctl(PR_SET_NAME, (unsigned long)plan->comm, 0, 0, 0);
	forget();
	if (plan->linebuf)
		host_buffer_lines();
	r = sealed_end(plan);
	if (r < 0)
		return failure_set(why, STATUS_OSERR, -r, "unable to protect memory");
	r = plan->reopen != 0 ? reopen_arm(plan->reopen) : 0;
	if (r < 0)
		return failure_set(why, STATUS_OSERR, -r, "unable to catch the reopen signal");
	return 0;
}

static void refuse(const char *mark)
{
	char shown[TEXT_SHOWN];

	report_line(PLAN_MARK, ": '", text_quoted(shown, mark),
	            "': not the mark of a launch in progress");
	sys_exit(STATUS_CONFIG);
}

/* For failures before there is a plan. Not inlined: struct failure would enlarge
 * the daemon's stack. */
__attribute__((noinline)) static void give_up(int fd, const char *what, int error)
{
	struct failure why;

	(void)failure_set(&why, STATUS_OSERR, error, "unable to ", what);
	(void)channel_tell(fd, NOTE_FAILED, &why);
	sys_exit(STATUS_OSERR);
}

void reborn(const char *mark)
{
	int fd = plan_find(mark), r;
	struct plan *plan;
	struct failure *why;

	if (fd < 0 && plan_is_ancestors(mark)) {
		forget();
		return;
	}
	if (fd < 0)
		refuse(mark);
	/* First of all: the middle process exits while we work. */
	(void)channel_tell(fd, NOTE_BORN, NULL);
	r = sealed_begin(&plan);
	if (r < 0)
		give_up(fd, "protect memory", -r);
	/* On the stack it would touch pages that the daemon keeps. */
	why = sys_allocate(sizeof *why);
	if (why == NULL)
		give_up(fd, "allocate memory", ENOMEM);
	r = plan_receive(&plan, SEALED_ROOM, fd);
	if (r == -EBADMSG)
		refuse(mark);
	if (r < 0)
		give_up(fd, "receive the plan", -r);
	r = apply_plan(plan, fd, why);
	if (r == 0)
		r = settle(plan, why);
	/* Last: once the caller reads this, nothing may change. */
	apply_tell(plan, fd, r, why);
	(void)sys_unmap(why, sizeof *why);
	sys_close(fd);
}

void reborn_exit(void)
{
	const struct plan *plan = sealed_plan();

	/* without a pid file, not even a system call */
	if (plan != NULL && plan->pidfile_path != 0 && sealed_ours())
		pidfile_release(&plan->pidfile, plan_text(plan, plan->pidfile_path));
}
