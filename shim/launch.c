/* SPDX-License-Identifier: MIT */
#include "launch.h"

#include "channel.h"
#include "copy.h"
#include "daemonenv.h"
#include "detach.h"
#include "output.h"
#include "plan.h"
#include "ready.h"
#include "sys.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define ATTEMPTS 1000 /* at a pid file that is unlinked each time we lock it */

/* Run-time state of one launch. */
struct launch {
	const struct options *o;
	struct launch_target *target;
	struct environ_block env;
	struct daemonenv_listen listen;
	struct identity who;
	struct output out, err;
	int null;
	struct pidfile hold;
	struct plan *plan;
	char mark[sizeof PLAN_MARK + PLAN_MARK_SIZE]; /* the assignment */
	struct fresh_range keep[COPY_KEEP_MAX];
	struct copy copy;
	struct ready ready;
	struct failure why;
};

void launch_fill_std(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	sys_close(fd);
}

#define STEP(...)                                                                                  \
	do {                                                                                       \
		if (l->o->verbose)                                                                 \
			report_line(__VA_ARGS__);                                                  \
	} while (0)

static int os_error(struct launch *l, const char *what)
{
	return failure_set(&l->why, STATUS_OSERR, errno, "unable to ", what);
}

/* ---- prepare */

static int same_destination(const struct destination *a, const struct destination *b)
{
	return a->kind == b->kind && strcmp(a->arg, b->arg) == 0 && a->kind != TO_INHERIT;
}

static int open_outputs(struct launch *l, char *const *envp)
{
	const struct output_context context = {
		.mode = l->o->logfile_mode,
		.uid = l->who.wanted ? l->who.uid : (uid_t)-1,
		.gid = l->who.wanted ? l->who.gid : (gid_t)-1,
		.name = l->o->name[0] != '\0' ? l->o->name : text_basename(l->target->program),
		.envp = envp,
	};

	l->null = channel_raise(open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY));
	if (l->null < 0)
		return os_error(l, "open /dev/null");
	if (output_open(&l->out, &l->o->out, STDOUT_FILENO, &context, &l->why) < 0)
		return -1;
	if (same_destination(&l->o->out, &l->o->err))
		l->err = l->out;
	else if (output_open(&l->err, &l->o->err, STDERR_FILENO, &context, &l->why) < 0)
		return -1;
	l->ready.loggers[0] = l->out.logger;
	l->ready.loggers[1] = l->err.logger;
	return 0;
}

static int open_pidfile(struct launch *l)
{
	char number[24];
	struct text t;
	pid_t running;

	if (l->o->pidfile[0] == '\0')
		return 0;
	if (pidfile_open(&l->hold, l->o->pidfile, (mode_t)l->o->pidfile_mode, &l->why) < 0)
		return -1;
	l->hold.lock_fd = channel_raise(l->hold.lock_fd);
	l->hold.flock_fd = channel_raise(l->hold.flock_fd);
	if (l->hold.lock_fd < 0 || l->hold.flock_fd < 0)
		return os_error(l, "duplicate a descriptor");
	STEP("opened pid file ", l->o->pidfile);
	running = pidfile_peek(&l->hold);
	if (running == 0)
		return 0;
	text_begin(&t, number, sizeof number);
	text_num(&t, running);
	return failure_set(&l->why, STATUS_TEMPFAIL, 0, "already running as pid ", number, " (",
	                   l->o->pidfile, ")");
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
	plan->hold = l->hold;
	plan->who = l->who;
	if (plan_pack(plan, &plan->pidfile, o->pidfile) < 0 ||
	    plan_pack(plan, &plan->chroot, o->chroot) < 0 ||
	    plan_pack(plan, &plan->workdir, o->workdir) < 0 ||
	    (o->out.kind == TO_FILE && plan_pack(plan, &plan->out, o->out.arg) < 0) ||
	    (o->err.kind == TO_FILE && plan_pack(plan, &plan->err, o->err.arg) < 0) ||
	    plan_pack_groups(plan) < 0)
		return os_error(l, "pass on so much");
	return 0;
}

static int prepare_environ(struct launch *l, char *const *envp)
{
	const struct options *o = l->o;
	const char *library = l->target->library;

	if (environ_begin(&l->env) < 0)
		return os_error(l, "allocate memory");
	if (daemonenv_base(&l->env, envp, o, &l->listen, &l->why) < 0 ||
	    identity_resolve(&l->who, o->user, o->groups, &l->env, &l->why) < 0 ||
	    daemonenv_file(&l->env, o->envfile, &l->why) < 0)
		return -1;
	return library != NULL ? daemonenv_without(&l->env, library, &l->why) : 0;
}

static int prepare(struct launch *l, char *const *envp)
{
	const struct options *o = l->o;

	l->plan = mmap(NULL, PLAN_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (l->plan == MAP_FAILED)
		return os_error(l, "allocate memory");
	if (prepare_environ(l, envp) < 0 || open_pidfile(l) < 0 || open_outputs(l, l->env.vars) < 0)
		return -1;
	if (o->ready.kind == READY_NOTIFY &&
	    notify_open(&l->ready.notify, l->who.wanted ? l->who.uid : geteuid()) < 0)
		return os_error(l, "open a notification socket");
	if (o->workdir[0] != '\0' && o->chroot[0] == '\0' &&
	    image_anchor(&l->target->image, &l->target->memory, &l->why) < 0)
		return -1;
	memcpy(l->mark, PLAN_MARK "=", sizeof PLAN_MARK "=");
	return daemonenv_finish(&l->env, l->ready.notify.fd >= 0 ? l->ready.notify.address : NULL,
	                        l->target->library, l->mark, &l->why);
}

/* ---- start */

static void add_range(struct launch *l, unsigned first, unsigned last)
{
	struct fresh_descriptors *fds = &l->copy.fds;
	unsigned at = fds->keep_count++;

	for (; at > 0 && l->keep[at - 1].first > first; at--)
		l->keep[at] = l->keep[at - 1];
	l->keep[at] = (struct fresh_range){ first, last };
}

/* In ascending order, disjoint, for the copy has no time to sort. */
static int list_descriptors(struct launch *l)
{
	const struct keep_fds *keep = &l->o->keep;
	const unsigned passed = l->listen.count;

	l->copy.fds = (struct fresh_descriptors){ .in = l->null,
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
		if (fcntl(keep->fd[i], F_GETFD) < 0) {
			char number[24];
			struct text t;

			text_begin(&t, number, sizeof number);
			text_num(&t, fd);
			return failure_set(&l->why, STATUS_CONFIG, errno,
			                   "unable to keep descriptor ", number);
		}
		if (!twice)
			add_range(l, fd, fd);
	}
	add_range(l, (unsigned)l->copy.channel, (unsigned)l->copy.channel);
	if (l->o->pidfile[0] != '\0') {
		add_range(l, (unsigned)l->hold.lock_fd, (unsigned)l->hold.lock_fd);
		add_range(l, (unsigned)l->hold.flock_fd, (unsigned)l->hold.flock_fd);
	}
	return 0;
}

static void run_copy(void *arg)
{
	copy_run(arg);
}

/* The channel's near end, or -1 with l->why. */
static int start(struct launch *l, struct detach *d)
{
	int ours;

	if (pack_plan(l) < 0)
		return -1;
	if (channel_open(&ours, &l->copy.channel) < 0)
		return os_error(l, "open a channel");
	*d = (struct detach){ .body = run_copy,
		              .arg = &l->copy,
		              .own_memory = l->target->library == NULL,
		              .heard_fd = ours,
		              .give_fd = l->copy.channel,
		              .timeout_ms = l->o->timeout_ms };
	if (plan_send(l->plan, ours, l->copy.channel, l->mark + sizeof PLAN_MARK) < 0)
		os_error(l, "send the plan");
	else if (list_descriptors(l) == 0 && detach_start(d) < 0)
		os_error(l, "start a process");
	else if (l->why.status == 0)
		STEP("started ", l->target->program);
	if (!d->given)
		sys_close(l->copy.channel);
	if (l->why.status == 0)
		return ours;
	sys_close(ours);
	return -1;
}

/* ---- hear */

static int ended(struct launch *l, const struct detach *d)
{
	char ending[128];
	struct text t;

	text_begin(&t, ending, sizeof ending);
	if (d->timed_out)
		text_str(&t, "was not ready in time");
	else if (d->ended)
		report_ending(&t, d->wait_status);
	else
		text_str(&t, "ended");
	if (!d->timed_out)
		text_str(&t, " before it was ready");
	return failure_set(&l->why, STATUS_UNAVAILABLE, 0, l->target->program, " ", ending);
}

/* The copy's last word: NOTE_DONE, NOTE_GONE, or NOTE_FAILED with l->why. */
static int hear(struct launch *l, int channel, const struct detach *d)
{
	struct note note;

	for (;;) {
		channel_hear(channel, l->ready.deadline_ms, &note);
		switch (note.kind) {
		case NOTE_STEP:
			report_line(note.failure.text);
			continue;
		case NOTE_DONE:
		case NOTE_GONE:
			break;
		case NOTE_FAILED:
			l->why = note.failure;
			break;
		default:
			(void)ended(l, d);
			note.kind = NOTE_FAILED;
		}
		return note.kind;
	}
}

/* What comes behind the last word: the end of the copy, or for one that has
 * executed its program without us, that or the reason why it could not. */
static int hear_end(struct launch *l, int channel, int said)
{
	struct note note;

	do
		channel_hear(channel, l->ready.deadline_ms, &note);
	while (note.kind == NOTE_STEP);
	if (note.kind == NOTE_FAILED && said == NOTE_DONE) {
		l->why = note.failure;
		return NOTE_FAILED;
	}
	return said;
}

static int start_and_hear(struct launch *l)
{
	struct detach d;
	int channel = start(l, &d), said;

	if (channel < 0)
		return NOTE_FAILED;
	l->ready.daemon = d.pid;
	said = hear(l, channel, &d);
	if (said != NOTE_DONE || l->target->library == NULL)
		said = hear_end(l, channel, said);
	sys_close(channel);
	return said;
}

/* A pid file that was unlinked while the copy waited for its lock: the
 * daemon that it belonged to has just gone, and we begin again. */
static int reopen_pidfile(struct launch *l)
{
	pidfile_close(&l->hold);
	return open_pidfile(l);
}

/* ---- the whole */

static int start_daemon(struct launch *l)
{
	int adopt = l->o->ready.kind != READY_MAIN;

	/* A parent hears of the end of its child: for as long as we wait for
	 * more than main, the daemon is ours. Else it is init's at once. */
	if (prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)adopt) < 0)
		return os_error(l, "become a subreaper");
	for (int attempt = 0; attempt < ATTEMPTS; attempt++)
		switch (start_and_hear(l)) {
		case NOTE_DONE:
			return 0;
		case NOTE_GONE:
			if (reopen_pidfile(l) < 0)
				return -1;
			break;
		default:
			return -1;
		}
	return failure_set(&l->why, STATUS_TEMPFAIL, 0, "unable to lock pid file ", l->o->pidfile,
	                   ": it is unlinked each time");
}

static int await_ready(struct launch *l)
{
	if (l->o->ready.kind == READY_MAIN)
		return 0;
	if (ready_attend(&l->ready) < 0)
		os_error(l, "attend to signals");
	else if (ready_wait(&l->ready, &l->why) == 0)
		return 0;
	ready_abandon(&l->ready);
	return -1;
}

/* Leaves nothing behind that was not there before. */
static void clean_up(struct launch *l)
{
	struct sys_stat now;

	if (l->hold.lock_fd >= 0 && sys_fstat(l->hold.lock_fd, &now) == 0 &&
	    (l->hold.created || pidfile_names(&l->hold, l->ready.daemon)))
		(void)pidfile_discard(l->o->pidfile, &now);
	if (l->o->out.kind == TO_FILE)
		output_discard(&l->out, l->o->out.arg);
	if (l->o->err.kind == TO_FILE)
		output_discard(&l->err, l->o->err.arg);
}

static void explain(struct launch *l)
{
	if (l->why.text[0] == '\0')
		return;
	report_failure(&l->why);
	if (l->why.status != STATUS_UNAVAILABLE)
		return;
	if (l->o->err.kind == TO_FILE)
		output_tail(&l->err, l->o->err.arg);
	else if (l->o->err.kind == TO_NULL)
		report_line("its output went to /dev/null, DAEMONIZE_LOGFILE would keep it");
}

int launch(struct launch_target *target, const struct options *o, char *const *envp)
{
	struct launch state = {
		.o = o,
		.target = target,
		.out = { .fd = -1 },
		.err = { .fd = -1 },
		.null = -1,
		.hold = { .lock_fd = -1, .flock_fd = -1 },
		.ready = { .want = &o->ready,
		           .notify = { .fd = -1 },
		           .program = target->program,
		           .deadline_ms = channel_clock() + o->timeout_ms,
		           .timeout_ms = o->timeout_ms,
		           .signals = -1 },
	};
	struct launch *l = &state;

	(void)signal(SIGCHLD, SIG_DFL); /* ignored, children could not be waited for */
	if (prepare(l, envp) < 0) {
		explain(l);
		clean_up(l);
		return l->why.status;
	}
	l->copy.image = &target->image;
	l->copy.envp = l->env.vars;
	l->copy.library = target->library;
	l->copy.who = o->chroot[0] == '\0' ? &l->who : NULL;
	l->copy.plan = l->plan;
	l->copy.listen_pid = l->listen.pid;
	l->copy.umask = o->umask;
	l->copy.is_tool = target->is_tool;
	if (start_daemon(l) < 0 || await_ready(l) < 0) {
		explain(l);
		clean_up(l);
		return l->why.status;
	}
	STEP("ready");
	return STATUS_OK;
}
