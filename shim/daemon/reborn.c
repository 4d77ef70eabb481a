/* SPDX-License-Identifier: MIT */
#include "daemon/reborn.h"

#include "base/text.h"
#include "daemon/reopen.h"
#include "daemon/scrub.h"
#include "daemon/sealed.h"
#include "wire/channel.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STEP(...)                                                                                  \
	do {                                                                                       \
		if (plan->verbose)                                                                 \
			(void)channel_step(fd, (const char *const[]){ __VA_ARGS__, NULL });        \
	} while (0)

static int enter_root(const char *path, struct failure *why)
{
	if (chroot(path) == 0 && chdir("/") == 0)
		return 0;
	return failure_set(why, STATUS_NOPERM, errno, "unable to chroot to ", path);
}

static int enter_directory(const char *path, struct failure *why)
{
	if (chdir(path) == 0)
		return 0;
	return failure_set(why, STATUS_NOPERM, errno, "unable to change directory to ", path);
}

/* After an exec by root the kernel would hide the daemon from itself, in
 * /proc/self, though nothing but the program has been loaded. */
static int assume(const struct identity *identity, struct failure *why)
{
	int dumpable = prctl(PR_GET_DUMPABLE);

	if (identity_assume(identity, why) < 0)
		return -1;
	if (dumpable == 1)
		(void)prctl(PR_SET_DUMPABLE, 1UL);
	return 0;
}

int reborn_apply(struct plan *plan, int fd, struct failure *why)
{
	const char *pidfile = plan_text(plan, plan->pidfile_path);
	const char *root = plan_text(plan, plan->chroot);
	const char *workdir = plan_text(plan, plan->workdir);
	const char *script = plan_text(plan, plan->script);

	if (pidfile != NULL) {
		int r = pidfile_lock(&plan->pidfile, pidfile, why);

		if (r != 0)
			return r;
		STEP("locked ", pidfile);
	}
	if (root != NULL) {
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
		if (assume(&plan->identity, why) < 0)
			return -1;
		STEP("switched user");
	}
	/* Its interpreter has yet to open it. */
	if (script != NULL && access(script, R_OK) < 0)
		return failure_set(why, STATUS_NOPERM, errno, "unable to read ", script,
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

	if (channel_await(fd, NOTE_PROCEED))
		return 1;
	(void)failure_set(&deaf, STATUS_OSERR, errno, "unable to hear from the launcher");
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
	_exit(r < 0 ? why->status : STATUS_UNAVAILABLE);
}

/* Takes our traces away, and leaves what is to stay. */
static int settle(struct plan *plan, struct failure *why)
{
	if (plan->comm[0] != '\0')
		(void)prctl(PR_SET_NAME, plan->comm);
	scrub_preload();
	scrub_variable(PLAN_MARK);
	if (plan->linebuf)
		(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (sealed_end(plan) < 0)
		return failure_set(why, STATUS_OSERR, errno, "unable to protect memory");
	if (plan->reopen != 0 && reopen_arm(plan->reopen) < 0)
		return failure_set(why, STATUS_OSERR, errno, "unable to catch the reopen signal");
	return 0;
}

static void refuse(const char *mark)
{
	char shown[512];
	struct text t;

	text_begin(&t, shown, sizeof shown);
	text_shown(&t, mark);
	report_line(PLAN_MARK, ": '", shown, "': not the mark of a launch in progress");
	_exit(STATUS_CONFIG);
}

/* For a description: the stack is the daemon's, and is to stay as small as it is. */
static struct failure *failure_room(void)
{
	void *memory = mmap(NULL, sizeof(struct failure), PROT_READ | PROT_WRITE,
	                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* There is no plan yet by which to leave. */
__attribute__((noinline)) static void give_up(int fd)
{
	struct failure why;

	(void)failure_set(&why, STATUS_OSERR, errno, "unable to allocate memory");
	(void)channel_tell(fd, NOTE_FAILED, &why);
	_exit(STATUS_OSERR);
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
	plan = sealed_begin();
	why = failure_room();
	if (plan == NULL || why == NULL)
		give_up(fd);
	if (plan_receive(&plan, SEALED_ROOM, fd) < 0) {
		if (errno != EBADMSG)
			give_up(fd);
		refuse(mark);
	}
	r = reborn_apply(plan, fd, why);
	if (r == 0)
		r = settle(plan, why);
	/* Last, for when the caller hears of it, all is to be as it stays. */
	reborn_tell(plan, fd, r, why);
	(void)munmap(why, sizeof *why);
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
