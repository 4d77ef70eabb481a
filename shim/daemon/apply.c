/* SPDX-License-Identifier: MIT */
#include "daemon/apply.h"

#include "base/path.h"
#include "spawn/become.h"
#include "spawn/credentials.h"
#include "wire/channel.h"

#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STEP(...)                                                                                  \
	do {                                                                                       \
		if (plan->verbose)                                                                 \
			(void)channel_step(fd, (const char *const[]){ __VA_ARGS__, NULL });        \
	} while (0)

/* judged: follow only symbolic links that the daemon's user cannot have made. One
 * of his could make his own directory the root, or one that he may not enter. */
static int change_root(const char *path, int judged)
{
	int dir = judged ? path_directory(path) : 0, r = dir;

	if (!judged)
		return sys_chroot(path);
	if (dir >= 0)
		r = sys_fchdir(dir);
	if (r == 0)
		r = sys_chroot(".");
	sys_close(dir);
	return r;
}

static int enter_root(const char *path, int judged, struct failure *why)
{
	int r = change_root(path, judged);

	if (r == -ELOOP)
		return failure_set(why, STATUS_NOPERM, 0, "unable to chroot to ", path,
		                   ": a symbolic link in a directory that others can write");
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

/* Switching user clears the dumpable flag, and the daemon could not read its own
 * /proc/self. It is safe to restore: only the program has been loaded since root's
 * exec. */
static int assume(const struct identity *identity, int threads, struct failure *why)
{
	int dumpable = sys_prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);

	if (become_user_late(identity, threads, why) < 0)
		return -1;
	if (dumpable == 1)
		(void)sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return 0;
}

int apply_plan(struct plan *plan, int fd, struct failure *why)
{
	const char *pidfile = plan_text(plan, plan->pidfile_path);
	const char *root = plan_text(plan, plan->chroot);
	const char *workdir = plan_text(plan, plan->workdir);
	const char *script = plan_text(plan, plan->script);
	int threads = -1, r;

	if (pidfile != NULL) {
		if (pidfile_keep(&plan->pidfile, pidfile, why) < 0)
			return -1;
		STEP("locked ", pidfile);
	}
	if (root != NULL) {
		/* Opened now: the new root may have no /proc. */
		threads = plan->identity.wanted ? credentials_threads() : -1;
		if (enter_root(root, plan->identity.wanted, why) < 0)
			return -1;
		STEP("entered root ", root);
	}
	if (root != NULL && plan->identity.wanted) {
		if (assume(&plan->identity, threads, why) < 0)
			return -1;
		sys_close(threads);
		STEP("switched user");
	}
	/* From here on with the rights of the daemon's user. */
	if (workdir != NULL) {
		if (enter_directory(workdir, why) < 0)
			return -1;
		STEP("entered directory ", workdir);
	}
	/* The interpreter opens the script in the new root. */
	r = script != NULL ? sys_access(script, R_OK) : 0;
	if (r < 0)
		return failure_set(why, STATUS_NOPERM, -r, "unable to read ", script,
		                   " in the new root");
	return 0;
}

/* Waits for NOTE_PROCEED, and returns whether it came. The launcher sends it once
 * the pid file is written, no signal can kill it before it reports, and the middle
 * process has exited, so that main never sees that as its parent. It has usually
 * arrived by now. */
static int may_proceed(int fd)
{
	struct failure deaf;
	int r = channel_await(fd, NOTE_PROCEED);

	if (r == 0)
		return 1;
	(void)failure_set(&deaf, STATUS_OSERR, -r, "unable to receive from the launcher");
	(void)channel_tell(fd, NOTE_FAILED, &deaf);
	return 0;
}

void apply_tell(const struct plan *plan, int fd, int r, const struct failure *why)
{
	const char *path = plan_text(plan, plan->pidfile_path);

	if (r < 0) { /* the launcher cleans up */
		(void)channel_tell(fd, NOTE_FAILED, why);
		sys_exit(why->status);
	}
	if (channel_tell(fd, NOTE_DONE, NULL) == 0 && may_proceed(fd))
		return;
	/* The launcher was killed or has given up: nobody would know of this
	 * daemon. */
	if (path != NULL)
		pidfile_release(&plan->pidfile, path);
	sys_exit(STATUS_UNAVAILABLE);
}
