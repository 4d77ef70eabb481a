/* SPDX-License-Identifier: MIT */
#include "launcher/prepare.h"

#include "base/sys.h"
#include "base/text.h"
#include "launcher/outputs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int prepare_os_error(struct launch *l, int error, const char *what)
{
	return failure_set(&l->why, STATUS_OSERR, error, "unable to ", what);
}

static int take_over(struct launch *l)
{
	const struct options *o = l->o;

	if (reserve_take(&l->reserve, o->pidfile, o->timeout_ms, &l->why) < 0)
		return -1;
	LAUNCH_STEP(l, "ending the daemon that runs");
	if (l->target->make_way(o, &l->why) < 0)
		return -1;
	return claim_take_reserved(&l->claim, o->pidfile, (mode_t)o->pidfile_mode, &l->why);
}

static int claim_pidfile(struct launch *l)
{
	const struct options *o = l->o;

	if (o->pidfile[0] == '\0')
		return 0;
	if (claim_take(&l->claim, o->pidfile, (mode_t)o->pidfile_mode, &l->why) < 0 &&
	    (l->target->make_way == NULL || l->why.status != STATUS_TEMPFAIL || take_over(l) < 0))
		return -1;
	LAUNCH_STEP(l, "locked pid file ", o->pidfile);
	return 0;
}

/* With a chroot, the program is executed before the switch of user, so nobody but
 * root and the caller may be able to change it. */
static int check_program(struct launch *l)
{
	const char *path = l->target->image.path;
	struct sys_stat file;
	int r = sys_stat(AT_FDCWD, path, 0, &file);

	if (r < 0)
		return 0; /* exec will report it */
	if ((file.uid == 0 || file.uid == sys_geteuid()) && (file.mode & (S_IWGRP | S_IWOTH)) == 0)
		return 0;
	return failure_set(&l->why, STATUS_NOPERM, 0, "unable to execute ", path,
	                   ": with DAEMONIZE_CHROOT that is done before the switch of user, and"
	                   " another user can change the file");
}

static int prepare_environ(struct launch *l, char *const *envp)
{
	const struct options *o = l->o;
	const char *library = l->target->library;
	const struct identity *id = &l->identity;
	struct environ_block *env = &l->target->memory;
	int late;

	if (daemonenv_base(env, envp, o, &l->listen, &l->why) < 0 ||
	    identity_resolve(&l->identity, o->user, o->groups, env, &l->why) < 0)
		return -1;
	late = id->wanted && o->chroot[0] != '\0' && library != NULL;
	if (late && check_program(l) < 0)
		return -1;
	if (daemonenv_file(env, o->envfile, id->wanted ? id->uid : (uid_t)-1, late, &l->why) < 0)
		return -1;
	return library != NULL ? daemonenv_without(env, library, &l->why) : 0;
}

/* Called before we open anything, which could get the number of a closed
 * descriptor. */
static int check_kept(struct launch *l)
{
	const struct keep_fds *keep = &l->o->keep;

	for (int i = 0; i < keep->count; i++) {
		int r = sys_fcntl(keep->fd[i], F_GETFD, 0);
		char number[24];
		struct text t;

		if (r >= 0)
			continue;
		text_begin(&t, number, sizeof number);
		text_num(&t, keep->fd[i]);
		return failure_set(&l->why, STATUS_CONFIG, -r,
		                   "DAEMONIZE_KEEP_FDS: unable to keep descriptor ", number);
	}
	return 0;
}

/* Chooses the notification socket's directory. With a chroot it is the new root,
 * where the daemon can reach it. */
static void place_socket(struct launch *l, char *const *envp)
{
	struct notify *n = &l->ready.notify;

	n->switched = l->identity.wanted;
	n->shown = n->directory =
		sys_geteuid() == 0 ? "/run" : environ_get(envp, "XDG_RUNTIME_DIR");
	if (l->o->chroot[0] != '\0') {
		n->directory = l->o->chroot;
		n->shown = "";
	}
}

int prepare_check(struct launch *l, char *const *envp)
{
	int kept = check_kept(l), status = l->why.status;

	if (kept < 0)
		report_failure(&l->why);
	if (prepare_environ(l, envp) < 0) {
		report_failure(&l->why);
		return kept < 0 ? status : l->why.status;
	}
	return kept < 0 ? status : STATUS_OK;
}

int prepare(struct launch *l, char *const *envp)
{
	const struct options *o = l->o;

	l->plan = sys_allocate(PLAN_MAX);
	if (l->plan == NULL)
		return prepare_os_error(l, ENOMEM, "allocate memory");
	if (check_kept(l) < 0 || prepare_environ(l, envp) < 0)
		return -1;
	if (o->ready.kind == READY_LINE && o->ready.line_fd < 3 + (int)l->listen.count)
		return failure_set(&l->why, STATUS_CONFIG, 0,
		                   "DAEMONIZE_READY: the descriptor is one of LISTEN_FDS");
	/* A running daemon is detected before anything is opened. But if it is to
	 * be replaced, it keeps running until everything is prepared. */
	if ((l->target->make_way == NULL && claim_pidfile(l) < 0) || outputs_open(l, envp) < 0)
		return -1;
	place_socket(l, envp);
	if (o->foreground)
		l->target->library = NULL; /* already removed from LD_PRELOAD */
	else if (ready_begin(&l->ready, l->identity.wanted ? l->identity.uid : sys_geteuid(),
	                     &l->why) < 0)
		return -1;
	if (o->workdir[0] != '\0' && o->chroot[0] == '\0' &&
	    image_anchor(&l->target->image, &l->target->memory, &l->why) < 0)
		return -1;
	memcpy(l->mark, PLAN_MARK "=", sizeof PLAN_MARK "=");
	if (daemonenv_finish(&l->target->memory,
	                     l->ready.notify.fd >= 0 ? l->ready.notify.address : NULL,
	                     l->target->library, l->mark, &l->why) < 0)
		return -1;
	return l->target->make_way != NULL ? claim_pidfile(l) : 0;
}

static int pack_plan(struct launch *l)
{
	const struct options *o = l->o;
	struct plan *plan = l->plan;

	memset(plan, 0, sizeof *plan);
	plan->size = sizeof *plan;
	plan->verbose = o->verbose;
	plan->linebuf = o->linebuf;
	plan->reopen = o->reopen;
	plan->logfile_mode = o->logfile_mode;
	memcpy(plan->comm, l->target->image.comm, sizeof plan->comm);
	plan->pidfile = claim_for_daemon(&l->claim);
	plan->pidfile.is_sole = o->ready.kind == READY_MAIN;
	plan->identity = l->identity;
	if (plan_pack(plan, &plan->pidfile_path, o->pidfile) < 0 ||
	    plan_pack(plan, &plan->chroot, o->chroot) < 0 ||
	    plan_pack(plan, &plan->workdir, o->workdir) < 0 ||
	    (o->chroot[0] != '\0' && l->target->image.is_script &&
	     plan_pack(plan, &plan->script, l->target->image.path) < 0) ||
	    plan_pack_groups(plan) < 0)
		return prepare_os_error(l, E2BIG, "pass on so much");
	return outputs_pack(l);
}

static void add_range(struct launch *l, unsigned first, unsigned last)
{
	struct reset_descriptors *fds = &l->copy.fds;
	unsigned at = fds->keep_count++;

	for (; at > 0 && l->keep[at - 1].first > first; at--)
		l->keep[at] = l->keep[at - 1];
	l->keep[at] = (struct reset_range){ first, last };
}

static void add_fd(struct launch *l, int fd)
{
	if (fd >= 0)
		add_range(l, (unsigned)fd, (unsigned)fd);
}

/* Lists the descriptors that stay open: ascending and disjoint, as
 * reset_descriptors requires. */
static void list_descriptors(struct launch *l)
{
	const struct keep_fds *keep = &l->o->keep;
	const unsigned passed = l->listen.count;

	l->copy.actions = l->ready.attend.actions;
	l->copy.fds = (struct reset_descriptors){ .in = l->in,
		                                  .out = l->out.fd,
		                                  .err = l->err.fd,
		                                  .keep_all = keep->all,
		                                  .keep = l->keep };
	if (passed > 0)
		add_range(l, 3, 2 + passed);
	for (int i = 0; i < keep->count; i++) {
		unsigned fd = (unsigned)keep->fd[i];
		int twice = fd < 3 + passed;

		for (int j = 0; j < i; j++)
			twice |= keep->fd[j] == keep->fd[i];
		if (!twice)
			add_fd(l, keep->fd[i]);
	}
	add_fd(l, l->ready.line_daemons);
	add_fd(l, l->copy.channel);
	if (l->copy.library == NULL) {
		add_fd(l, l->plan->pidfile.lock_fd);
		add_fd(l, l->plan->pidfile.flock_fd);
	}
}

int prepare_copy(struct launch *l)
{
	struct copy *c = &l->copy;

	c->image = &l->target->image;
	c->envp = l->target->memory.vars;
	c->library = l->target->library;
	c->identity = l->o->chroot[0] == '\0' ? &l->identity : NULL;
	c->plan = l->plan;
	c->listen_pid = l->listen.pid;
	c->umask = l->o->umask;
	c->exit_like_env = l->target->exit_like_env;
	if (pack_plan(l) < 0)
		return -1;
	list_descriptors(l);
	return 0;
}
