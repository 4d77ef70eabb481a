/* SPDX-License-Identifier: MIT */
#include "daemon/reborn.h"

#include "base/sys.h"
#include "base/text.h"
#include "daemon/reopen.h"
#include "daemon/scrub.h"
#include "daemon/sealed.h"
#include "spawn/credentials.h"
#include "wire/channel.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STEP(...)                                                                                  \
	do {                                                                                       \
		if (plan->verbose)                                                                 \
			(void)channel_step(fd, (const char *const[]){ __VA_ARGS__, NULL });        \
	} while (0)

static int enter_root(const char *path, struct failure *why)
{
	int r = sys_chroot(path);

	if (r == 0)
		r = sys_chdir("/");
	if (r == 0)
		return 0;
	return failure_set(why, STATUS_NOPERM, -r, "unable to chroot to ", path);
}

static int enter_directory(const char *path, struct failure *why)
{
	int r = sys_chdir(path);

	if (r == 0)
		return 0;
	return failure_set(why, STATUS_NOPERM, -r, "unable to change directory to ", path);
}

/* After an exec by root the kernel would hide the daemon from itself, in
 * /proc/self, though nothing but the program has been loaded. */
static int assume(const struct identity *identity, int threads, struct failure *why)
{
	int dumpable = sys_prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);

	if (identity_assume_late(identity, threads, why) < 0)
		return -1;
	if (dumpable == 1)
		(void)sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return 0;
}

int reborn_apply(struct plan *plan, int fd, struct failure *why)
{
	const char *pidfile = plan_text(plan, plan->pidfile_path);
	const char *root = plan_text(plan, plan->chroot);
	const char *workdir = plan_text(plan, plan->workdir);
	const char *script = plan_text(plan, plan->script);
	int threads = -1, r;

	if (pidfile != NULL) {
		r = pidfile_lock(&plan->pidfile, pidfile, why);
		if (r != 0)
			return r;
		STEP("locked ", pidfile);
	}
	if (root != NULL) {
		/* Inside, there may be no /proc. */
		threads = plan->identity.wanted ? credentials_threads() : -1;
		if (enter_root(root, why) < 0)
			return -1;
		STEP("entered root ", root);
	}
	if (workdir != NULL) {
		if (enter_directory(workdir, why) < 0)
			return -1;
		STEP("entered directory ", workdir);
	}
	if (root != NULL && plan->identity.wanted) {
		if (assume(&plan->identity, threads, why) < 0)
			return -1;
		sys_close(threads);
		STEP("switched user");
	}
	/* Its interpreter has yet to open it. */
	r = script != NULL ? sys_access(script, R_OK) : 0;
	if (r < 0)
		return failure_set(why, STATUS_NOPERM, -r, "unable to read ", script,
		                   " in the new root");
	if (pidfile != NULL) {
		if (pidfile_write(&plan->pidfile, pidfile, why) < 0)
			return -1;
		STEP("wrote ", pidfile);
	}
	return 0;
}

/* The launcher lets no signal end it from its word on: else main would begin
 * with nobody to hear of it. The middle process is gone by then, too: main is
 * not to find it as its parent. The word comes while we work. */
static int may_go(int fd)
{
	struct failure deaf;
	int r = channel_await(fd, NOTE_PROCEED);

	if (r == 0)
		return 1;
	(void)failure_set(&deaf, STATUS_OSERR, -r, "unable to hear from the launcher");
	(void)channel_tell(fd, NOTE_FAILED, &deaf);
	return 0;
}

void reborn_tell(const struct plan *plan, int fd, int r, const struct failure *why)
{
	const char *path = plan_text(plan, plan->pidfile_path);
	struct pidfile pidfile = plan->pidfile; /* the plan may be sealed */
	enum note_kind kind = r == 0              ? NOTE_DONE
	                      : r == PIDFILE_GONE ? NOTE_PIDFILE_GONE
	                                          : NOTE_FAILED;

	if (r < 0 && path != NULL) { /* before the launcher wants to remove it */
		pidfile_release(&pidfile, path);
		pidfile_close(&pidfile);
	}
	if (channel_tell(fd, kind, r < 0 ? why : NULL) == 0 && r == 0 && may_go(fd))
		return;
	/* Nobody to tell: the launcher was killed, and its caller knows of no
	 * daemon. */
	if (r >= 0 && path != NULL)
		pidfile_release(&pidfile, path);
	sys_exit(r < 0 ? why->status : STATUS_UNAVAILABLE);
}

/* Takes our traces away, and leaves what is to stay. */
static int settle(struct plan *plan, struct failure *why)
{
	int r;

	if (plan->comm[0] != '\0')
		(void)sys_prctl(PR_SET_NAME, (unsigned long)plan->comm, 0, 0, 0);
	scrub_preload();
	scrub_variable(PLAN_MARK);
	if (plan->linebuf)
		(void)setvbuf(stdout, NULL, _IOLBF, 0);
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
	char shown[512];
	struct text t;

	text_begin(&t, shown, sizeof shown);
	text_shown(&t, mark);
	report_line(PLAN_MARK, ": '", shown, "': not the mark of a launch in progress");
	sys_exit(STATUS_CONFIG);
}

/* There is no plan yet by which to leave. */
__attribute__((noinline)) static void give_up(int fd, int error)
{
	struct failure why;

	(void)failure_set(&why, STATUS_OSERR, error, "unable to allocate memory");
	(void)channel_tell(fd, NOTE_FAILED, &why);
	sys_exit(STATUS_OSERR);
}

void reborn(const char *mark)
{
	int fd = plan_find(mark), r;
	struct plan *plan;
	struct failure *why;

	if (fd < 0)
		refuse(mark);
	/* First of all, for while we work the middle process ends. */
	(void)channel_tell(fd, NOTE_BORN, NULL);
	r = sealed_begin(&plan);
	if (r < 0)
		give_up(fd, -r);
	/* The stack is the daemon's, and is to stay as small as it is. */
	why = sys_allocate(sizeof *why);
	if (why == NULL)
		give_up(fd, ENOMEM);
	r = plan_receive(&plan, SEALED_ROOM, fd);
	if (r == -EBADMSG)
		refuse(mark);
	if (r < 0)
		give_up(fd, -r);
	r = reborn_apply(plan, fd, why);
	if (r == 0)
		r = settle(plan, why);
	/* Last, for when the caller hears of it, all is to be as it stays. */
	reborn_tell(plan, fd, r, why);
	(void)sys_unmap(why, sizeof *why);
	sys_close(fd);
}

void reborn_exit(void)
{
	const struct plan *plan = sealed_plan();
	struct pidfile pidfile;

	/* without a pid file, not even a system call */
	if (plan == NULL || plan->pidfile_path == 0 || !sealed_ours())
		return;
	pidfile = plan->pidfile;
	pidfile_release(&pidfile, plan_text(plan, plan->pidfile_path));
}
