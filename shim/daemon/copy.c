/* SPDX-License-Identifier: MIT */
#include "daemon/copy.h"

#include "base/text.h"
#include "daemon/reborn.h"
#include "wire/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int become(const struct copy *c, struct failure *why)
{
	if (c->identity == NULL || !c->identity->wanted)
		return 0;
	if (identity_assume(c->identity, why) < 0)
		return -1;
	if (c->plan->verbose)
		(void)channel_step(c->channel, (const char *const[]){ "switched user", NULL });
	/* The kernel would execute a script that its interpreter cannot read. */
	if (c->image->by_interpreter && access(c->image->path, R_OK) < 0)
		return failure_set(why, STATUS_NOPERM, errno, "unable to read ", c->image->path,
		                   " as the daemon's user");
	/* ld.so would go on without a library that it may not read. */
	if (c->library != NULL && access(c->library, R_OK) < 0)
		return failure_set(why, STATUS_NOPERM, errno, "unable to read ", c->library,
		                   " as the daemon's user");
	return 0;
}

static int clean(const struct copy *c, struct failure *why)
{
	reset_signals();
	if (reset_descriptors(&c->fds) < 0)
		return failure_set(why, STATUS_OSERR, errno, "unable to arrange descriptors");
	if (c->umask >= 0)
		(void)umask((mode_t)c->umask);
	if (c->listen_pid != NULL) {
		struct text t;

		text_begin(&t, c->listen_pid, 20);
		text_num(&t, getpid());
	}
	return 0;
}

static void execute(const struct copy *c, struct failure *why)
{
	int status = STATUS_OSERR;

	if (c->plan->verbose)
		(void)channel_step(c->channel,
		                   (const char *const[]){ "executing ", c->image->path, NULL });
	(void)execve(c->image->path, c->image->argv, c->envp);
	if (c->exit_like_env)
		status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
	(void)failure_set(why, status, errno, "unable to execute ", c->image->path);
}

/* A program that cannot be preloaded: all that the marked copy would do is
 * done here, and that it was executed shows by the channel's end. */
static void apply(const struct copy *c, struct failure *why)
{
	int r;

	(void)channel_tell(c->channel, NOTE_BORN, NULL); /* what happens now, we tell ourselves */
	r = reborn_apply(c->plan, c->channel, why);

	reborn_tell(c->plan, c->channel, r, why);
	(void)fcntl(c->channel, F_SETFD, FD_CLOEXEC);
}

void copy_run(const struct copy *c)
{
	struct failure why;
	int direct = c->library == NULL;

	if (clean(c, &why) == 0 && become(c, &why) == 0) {
		if (direct)
			apply(c, &why);
		execute(c, &why);
	}
	if (direct)
		reborn_tell(c->plan, c->channel, -1, &why);
	(void)channel_tell(c->channel, NOTE_FAILED, &why);
	_exit(why.status);
}
