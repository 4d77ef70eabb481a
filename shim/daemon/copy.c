/* SPDX-License-Identifier: MIT */
#include "daemon/copy.h"

#include "base/sys.h"
#include "base/text.h"
#include "daemon/apply.h"
#include "spawn/become.h"
#include "wire/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int copy_become(const struct copy *c, struct failure *why)
{
	int r;

	if (become_shed(&c->plan->identity, why) < 0)
		return -1;
	if (c->identity == NULL || !c->identity->wanted)
		return 0;
	if (become_user(c->identity, why) < 0)
		return -1;
	if (c->plan->verbose)
		(void)channel_step(c->channel, (const char *const[]){ "switched user", NULL });
	/* exec succeeds even if the script's interpreter cannot read it. */
	r = c->image->is_script ? sys_access(c->image->path, R_OK) : 0;
	if (r < 0)
		return failure_set(why, STATUS_NOPERM, -r, "unable to read ", c->image->path,
		                   " as the daemon's user");
	/* ld.so silently ignores a library that it may not read. */
	r = c->library != NULL ? sys_access(c->library, R_OK) : 0;
	if (r < 0)
		return failure_set(why, STATUS_NOPERM, -r, "unable to read ", c->library,
		                   " as the daemon's user");
	return 0;
}

void copy_write_pid(char *at)
{
	struct text t;

	if (at == NULL)
		return;
	text_begin(&t, at, COPY_PID_ROOM);
	text_num(&t, sys_getpid());
}

static int clean(const struct copy *c, struct failure *why)
{
	int r;

	reset_signals(c->actions);
	r = reset_descriptors(&c->fds);
	if (r < 0)
		return failure_set(why, STATUS_OSERR, -r, "unable to arrange descriptors");
	if (c->umask >= 0)
		(void)sys_umask((mode_t)c->umask);
	copy_write_pid(c->listen_pid);
	copy_write_pid(c->mark_pid);
	return 0;
}

void copy_execute(const struct copy *c, struct failure *why)
{
	int status = STATUS_OSERR, r;

	if (c->plan->verbose)
		(void)channel_step(c->channel,
		                   (const char *const[]){ "executing ", c->image->path, NULL });
	r = sys_execve(c->image->path, c->image->argv, c->envp);
	if (r == -ENOEXEC && c->image->shell_argv != NULL)
		r = sys_execve("/bin/sh", c->image->shell_argv, c->envp);
	if (c->exit_like_env)
		status = r == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
	(void)failure_set(why, status, -r, "unable to execute ", c->image->path);
}

/* For a program that cannot be preloaded: does all that the marked copy would do.
 * The channel closes on exec, which tells the launcher that exec succeeded. */
static void apply(const struct copy *c, struct failure *why)
{
	int r;

	(void)channel_tell(c->channel, NOTE_BORN, NULL); /* we report failures from here on */
	r = apply_plan(c->plan, c->channel, why);
	apply_tell(c->plan, c->channel, r, why);
	(void)sys_fcntl(c->channel, F_SETFD, FD_CLOEXEC);
}

void copy_run(const struct copy *c)
{
	struct failure why;
	int direct = c->library == NULL;

	/* With KEEP_FDS=all nothing else closes it, and with it open in the copy,
	 * the channel would stay open when the launcher dies. */
	if (direct)
		sys_close(c->launcher_end);
	if (clean(c, &why) == 0 && copy_become(c, &why) == 0) {
		if (direct)
			apply(c, &why);
		copy_execute(c, &why);
	}
	(void)channel_tell(c->channel, NOTE_FAILED, &why);
	sys_exit(why.status);
}
