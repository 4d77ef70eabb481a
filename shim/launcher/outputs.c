/* SPDX-License-Identifier: MIT */
#include "launcher/outputs.h"

#include "base/path.h"
#include "base/sys.h"
#include "base/text.h"
#include "launcher/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int same_destination(const struct destination *a, const struct destination *b)
{
	return a->kind == b->kind && strcmp(a->arg, b->arg) == 0 && a->kind != TO_INHERIT;
}

static int open_output(struct launch *l, struct output *output, const struct destination *to,
                       int stream, const struct output_context *context)
{
	if (output_open(output, to, stream, context, &l->why) < 0)
		return -1;
	if (to->kind == TO_FILE)
		LAUNCH_STEP(l, "opened log file ", to->arg);
	else if (to->kind == TO_COMMAND)
		LAUNCH_STEP(l, "started log command ", to->arg);
	return 0;
}

/* Opens a FIFO without waiting for a writer, and a terminal without making it the
 * controlling one. */
static int open_input(struct launch *l)
{
	const struct destination *from = &l->o->in;
	int r;

	l->in = from->kind == TO_INHERIT ? STDIN_FILENO : l->null;
	if (from->kind != TO_FILE)
		return 0;
	r = l->in = sys_raise(path_open(from->arg, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	if (r >= 0)
		r = sys_fcntl(l->in, F_SETFL, 0);
	if (r < 0)
		return failure_set(&l->why, STATUS_CANTCREAT, -r, "unable to open standard input ",
		                   from->arg);
	LAUNCH_STEP(l, "opened standard input ", from->arg);
	return 0;
}

/* The environment of a log command, which runs as the caller. Its shell must get
 * neither the daemon's environment file nor a HOME where the daemon's user may have
 * left files that it would execute. */
static int caller_environ(struct launch *l, char *const *envp, char *const **out)
{
	struct environ_block caller;

	if (l->o->out.kind != TO_COMMAND && l->o->err.kind != TO_COMMAND)
		return 0;
	if (environ_begin(&caller, envp, &l->why) < 0 ||
	    daemonenv_caller(&caller, envp, l->target->library, &l->why) < 0)
		return -1;
	*out = caller.vars;
	return 0;
}

int outputs_open(struct launch *l, char *const *envp)
{
	struct output_context context = {
		.owner = { .mode = (mode_t)l->o->logfile_mode,
		           .uid = l->identity.wanted ? l->identity.uid : (uid_t)-1,
		           .gid = l->identity.wanted ? l->identity.gid : (gid_t)-1 },
		.reopen = l->o->reopen,
		.name = l->o->name[0] != '\0' ? l->o->name : text_basename(l->target->program),
	};

	if (caller_environ(l, envp, &context.envp) < 0)
		return -1;
	l->null = sys_raise(sys_open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY, 0));
	if (l->null < 0)
		return prepare_os_error(l, -l->null, "open /dev/null");
	if (open_input(l) < 0)
		return -1;
	if (l->o->own_log && sys_geteuid() != 0)
		logfile_make_directory(&l->out.log, l->o->logfile.arg);
	if (l->o->out.kind == TO_NULL)
		l->out.fd = l->null;
	else if (open_output(l, &l->out, &l->o->out, STDOUT_FILENO, &context) < 0)
		return -1;
	if (same_destination(&l->o->out, &l->o->err))
		l->err = l->out;
	else if (open_output(l, &l->err, &l->o->err, STDERR_FILENO, &context) < 0)
		return -1;
	l->ready.loggers[0] = l->out.logger;
	l->ready.loggers[1] = l->err.logger;
	return 0;
}

/* Adds a log file's path to the plan: with symbolic links resolved, because the
 * reopen handler follows none, and as it is seen in the chroot. */
static int pack_log(struct launch *l, const struct output *output, const struct destination *to,
                    plan_string *at)
{
	char link[48], path[PATH_MAX], *inside = path;
	size_t root = strlen(l->o->chroot);
	struct text t;
	ssize_t n;

	if (output->log.dir < 0)
		return 0;
	text_begin(&t, link, sizeof link);
	text_str(&t, "/proc/self/fd/");
	text_num(&t, output->fd);
	n = sys_readlinkat(AT_FDCWD, link, path, sizeof path - 1);
	if (n > 0) {
		path[n] = '\0';
	} else {
		text_begin(&t, path, sizeof path);
		text_str(&t, to->arg);
	}
	if (path[0] != '/')
		return 0; /* a pipe, not a file */
	while (root > 0 && l->o->chroot[root - 1] == '/')
		root--;
	if (root > 0) {
		if (strncmp(path, l->o->chroot, root) != 0 || path[root] != '/')
			return failure_set(&l->why, STATUS_CONFIG, 0, "unable to reopen ", path,
			                   ": it is outside ", l->o->chroot);
		inside = path + root;
	}
	return plan_pack(l->plan, at, inside) < 0 ? prepare_os_error(l, E2BIG, "pass on so much")
	                                          : 0;
}

int outputs_pack(struct launch *l)
{
	struct plan *plan = l->plan;

	if (l->o->reopen == 0 || l->o->foreground)
		return 0;
	if (pack_log(l, &l->out, &l->o->out, &plan->out) < 0 ||
	    pack_log(l, &l->err, &l->o->err, &plan->err) < 0)
		return -1;
	if (plan->out != 0 || plan->err != 0)
		return 0;
	return failure_set(&l->why, STATUS_CONFIG, 0,
	                   "DAEMONIZE_REOPEN: needs a log file to reopen");
}
