/* SPDX-License-Identifier: MIT */
#include "launcher/launch.h"

#include "base/sys.h"
#include "base/text.h"
#include "launcher/abandon.h"
#include "launcher/hear.h"
#include "launcher/prepare.h"
#include "spawn/detach.h"
#include "wire/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ATTEMPTS 1000 /* at a pid file that is unlinked each time we lock it */
#define UNLOCK_MS 200

void launch_fill_std(void)
{
	int fd;

	do
		fd = sys_open("/dev/null", O_RDWR, 0);
	while (fd >= 0 && fd <= STDERR_FILENO);
	sys_close(fd);
}

static void run_copy(void *arg)
{
	copy_run(arg);
}

/* Until the copy has spoken we are suspended. An end of ours is its end, too:
 * it finds nobody to tell. */
static int detach(const struct launch *l, struct detach *d)
{
	int r;

	ready_expose(&l->ready, 1);
	r = detach_start(d);
	ready_expose(&l->ready, 0);
	return r;
}

/* The channel's near end, or -1 with l->why. */
static int start(struct launch *l, struct detach *d)
{
	int ours, r = channel_open(&ours, &l->copy.channel);

	if (r < 0)
		return prepare_os_error(l, -r, "open a channel");
	*d = (struct detach){ .body = run_copy,
		              .arg = &l->copy,
		              .own_memory = l->target->library == NULL,
		              .heard_fd = ours,
		              .close_in_launcher = { &l->copy.channel, &l->pidfile.flock_fd },
		              .timeout_ms = l->o->timeout_ms };
	if (prepare_copy(l) < 0)
		; /* it says why */
	else if (l->target->library != NULL &&
	         (r = plan_send(l->plan, ours, l->copy.channel, l->mark + sizeof PLAN_MARK)) < 0)
		prepare_os_error(l, -r, "send the plan");
	else if ((r = detach(l, d)) < 0)
		prepare_os_error(l, -r, "start a process");
	sys_close(l->copy.channel);
	if (l->why.status == 0)
		return ours;
	sys_close(ours);
	return -1;
}

static int start_and_hear(struct launch *l)
{
	struct detach d = { .pid = 0 };
	int channel = start(l, &d), said;

	if (channel < 0)
		return NOTE_FAILED;
	l->ready.daemon = d.pid;
	/* Now no signal ends us before we have heard, and the middle is gone.
	 * Said early, so that the copy need not wait for us to wake again. */
	if (channel_tell(channel, NOTE_PROCEED, NULL) < 0)
		(void)sys_shutdown(channel, SHUT_WR); /* it ends itself, or has done so */
	said = hear_copy(l, channel, &d);
	sys_close(channel);
	return said;
}

/* A pid file that was unlinked while the copy waited for its lock: the
 * daemon that it belonged to has just gone, and we begin again. Or the copy
 * could not see that it is there: then it is ours to take away as before. */
static int reopen_pidfile(struct launch *l)
{
	const struct pidfile before = l->pidfile;
	int r;

	pidfile_close(&l->pidfile);
	r = prepare_pidfile(l);
	if (before.created && (r < 0 || sys_same(&before.file, &l->pidfile.file))) {
		l->pidfile.created = 1;
		l->pidfile.file = before.file;
	}
	return r;
}

/* ---- the whole */

static int start_daemon(struct launch *l)
{
	int adopt = l->o->ready.kind != READY_MAIN, r;

	if (ready_interrupted(&l->ready, &l->why))
		return -1;
	/* A parent hears of the end of its child: for as long as we wait for
	 * more than main, the daemon is ours. Else it is init's at once. */
	r = sys_prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)adopt, 0, 0, 0);
	if (r < 0)
		return prepare_os_error(l, -r, "become a subreaper");
	for (int attempt = 0; attempt < ATTEMPTS; attempt++)
		switch (start_and_hear(l)) {
		case NOTE_DONE:
			return 0;
		case NOTE_PIDFILE_GONE:
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
	LAUNCH_STEP(l, "waiting until it is ready");
	if (ready_wait(&l->ready, &l->why) == 0)
		return 0;
	abandon(&l->ready);
	return -1;
}

/* Leaves nothing behind that was not there before. */
static void clean_up(struct launch *l)
{
	int ours = l->pidfile.created || pidfile_names(&l->pidfile, l->ready.daemon);

	/* The copy's flock is one with the descriptor it had from us. */
	pidfile_close(&l->pidfile);
	for (int waited = 0; ours && waited < UNLOCK_MS; waited++) {
		if (pidfile_discard(l->o->pidfile, &l->pidfile.file) != -EWOULDBLOCK)
			break;
		(void)sys_poll(NULL, 0, 1); /* a killed copy's channel ends before its locks */
	}
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
		.pidfile = { .lock_fd = -1, .flock_fd = -1 },
		.began = clock_us(),
		.ready = { .want = &o->ready,
		           .notify = { .fd = -1 },
		           .program = target->program,
		           .deadline_ms = clock_ms() + o->timeout_ms,
		           .timeout_ms = o->timeout_ms,
		           .signals = -1 },
	};
	struct launch *l = &state;
	char number[24];
	struct text t;

	(void)sys_sighandler(SIGCHLD, SIG_DFL, 0); /* ignored, children could not be waited for */
	(void)sys_sighandler(SIGPIPE, SIG_IGN, 0); /* nobody may be reading what we report, */
	(void)sys_sighandler(SIGXFSZ, SIG_IGN, 0); /* nor have room for it: the answer stands */
	/* from the start, for a log command takes its time when the pid file
	 * is there already */
	ready_attend(&l->ready);
	if (prepare(l, envp) < 0 || start_daemon(l) < 0 || await_ready(l) < 0) {
		explain(l);
		clean_up(l);
		return l->why.status;
	}
	text_begin(&t, number, sizeof number);
	text_num(&t, l->ready.daemon);
	LAUNCH_STEP(l, "ready as pid ", number);
	return STATUS_OK;
}
