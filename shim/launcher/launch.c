/* SPDX-License-Identifier: MIT */
#include "launcher/launch.h"

#include "base/process.h"
#include "base/sys.h"
#include "base/text.h"
#include "launcher/abandon.h"
#include "launcher/foreground.h"
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

void launch_fill_std(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (sys_fcntl(fd, F_GETFD, 0) < 0)
			(void)sys_open("/dev/null", O_RDWR, 0); /* gets the lowest number */
}

static void run_copy(void *arg)
{
	const struct launch *l = arg;

	copy_run(&l->copy);
}

/* The pid file is complete before main can begin. Returns 0, or -1 with l->why. */
static int write_pid(struct launch *l)
{
	if (l->claim.fd < 0)
		return 0;
	if (claim_write(&l->claim, l->ready.daemon, &l->why) < 0)
		return -1;
	LAUNCH_STEP(l, "wrote ", l->o->pidfile);
	return 0;
}

/* Writes while the copy is in exec, which takes longer. */
static void name_copy(void *arg, pid_t pid)
{
	struct launch *l = arg;

	l->ready.daemon = pid;
	(void)write_pid(l);
}

/* detach_start blocks until the copy has reported, and we cannot handle signal
 * events meanwhile: let them kill us. The copy then finds its channel closed and
 * exits, too. */
static int detach(const struct launch *l, struct detach *d)
{
	int r;

	attend_expose(&l->ready.attend, 1);
	r = detach_start(d);
	attend_expose(&l->ready.attend, 0);
	return r;
}

/* Starts the copy. Returns the launcher's end of the channel, or -1 with l->why. */
static int start(struct launch *l, struct detach *d)
{
	int ours, r = channel_open(&ours, &l->copy.channel);

	if (r < 0)
		return prepare_os_error(l, -r, "open a channel");
	*d = (struct detach){ .body = run_copy,
		              .arg = l,
		              .born = name_copy,
		              .own_memory = l->target->library == NULL,
		              .heard_fd = ours,
		              .close_in_launcher = { &l->copy.channel, &l->ready.line_daemons },
		              .timeout_ms = l->o->timeout_ms };
	l->copy.launcher_end = ours;
	if (prepare_copy(l) < 0)
		; /* l->why is set */
	else if (l->target->library != NULL &&
	         (r = plan_send(l->plan, ours, l->copy.channel, l->mark + sizeof PLAN_MARK,
	                        &l->copy.mark_pid)) < 0)
		prepare_os_error(l, -r, "send the plan");
	else if ((r = detach(l, d)) < 0)
		prepare_os_error(l, -r, "start a process");
	sys_close(l->copy.channel);
	if (d->pid > 0)
		return ours;
	sys_close(ours);
	return -1;
}

static int start_daemon(struct launch *l)
{
	int adopt = l->o->ready.kind != READY_MAIN, r;
	struct detach d = { .pid = 0 };
	int channel;

	if (ready_interrupted(&l->ready, &l->why))
		return -1;
	/* Only a parent learns how its child ended. While we wait for more than
	 * main, the daemon must be our child; otherwise init adopts it at once. */
	r = sys_prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)adopt, 0, 0, 0);
	if (r < 0 && adopt)
		return failure_set(&l->why, STATUS_OSERR, -r,
		                   "unable to become a subreaper, which an emulator may not know; "
		                   "DAEMONIZE_READY=main (-r main) needs none");
	channel = start(l, &d);
	if (channel < 0)
		return -1;
	/* Signals are blocked again, the middle process has exited and the pid file is
	 * written, so the copy may enter main. It is told before we wait for its
	 * notes, to save it a round trip. If it must not, it reads EOF instead and
	 * exits. */
	r = l->why.status == STATUS_OK ? 0 : -1;
	if (r < 0 || channel_tell(channel, NOTE_PROCEED, NULL) < 0)
		(void)sys_shutdown(channel, SHUT_WR);
	if (hear_copy(l, channel, &d) < 0)
		r = -1;
	sys_close(channel);
	if (r < 0 && adopt) {
		family_start(&l->ready.follow.family, d.pid);
		abandon(&l->ready);
	}
	return r;
}

/* Names the process that continues in the background, if any, in the pid file. It
 * holds none of the file's locks; the time stamp identifies it. */
static int name_follower(struct launch *l, pid_t started)
{
	char number[24];

	if (l->ready.daemon == started)
		return 0;
	LAUNCH_STEP(l, "followed into the background, to pid ",
	            text_decimal(number, l->ready.daemon));
	return write_pid(l);
}

static int await_ready(struct launch *l)
{
	const pid_t started = l->ready.daemon;

	if (l->o->ready.kind == READY_MAIN)
		return 0;
	LAUNCH_STEP(l, "waiting until it is ready");
	if (ready_wait(&l->ready, &l->why) == 0 && name_follower(l, started) == 0)
		return 0;
	abandon(&l->ready);
	return -1;
}

/* Removes what a failed start has created. */
static void clean_up(struct launch *l)
{
	if (l->claim.fd >= 0 && (l->claim.created || l->claim.written))
		(void)claim_remove(&l->claim);
	claim_end(&l->claim);
	reserve_end(&l->reserve);
	if (l->why.status == STATUS_TEMPFAIL)
		return; /* it may be the running daemon's log */
	logfile_discard(&l->out.log, l->out.fd, l->o->logfile.arg);
	logfile_discard(&l->err.log, l->err.fd, l->o->logfile.arg);
}

static void explain(struct launch *l)
{
	if (l->why.text[0] == '\0')
		return;
	report_failure(&l->why);
	if (l->why.status != STATUS_UNAVAILABLE)
		return;
	if (l->o->err.kind == TO_FILE)
		logfile_tail(&l->err.log);
	else if (l->o->err.kind == TO_NULL)
		report_line("its output went to /dev/null; set DAEMONIZE_LOGFILE to keep it");
}

static void attend(struct launch *l)
{
	(void)sys_sighandler(SIGCHLD, SIG_DFL, 0); /* if ignored, waitpid would fail */
	(void)sys_sighandler(SIGPIPE, SIG_IGN, 0); /* a report to a closed pipe must not kill us, */
	(void)sys_sighandler(SIGXFSZ, SIG_IGN, 0); /* nor one beyond the file size limit */
	/* From the beginning: a log command takes time to start, and a signal then
	 * must not leave the pid file behind. */
	attend_begin(&l->ready.attend);
}

int launch(struct launch_target *target, const struct options *o, char *const *envp)
{
	struct launch state = {
		.o = o,
		.target = target,
		.out = OUTPUT_NONE,
		.err = OUTPUT_NONE,
		.null = -1,
		.in = -1,
		.claim = CLAIM_NONE,
		.reserve = RESERVE_NONE,
		.began = clock_us(),
		.ready = { .want = &o->ready,
		           .follow = { .want = &o->forks },
		           .notify = { .fd = -1 },
		           .line_fd = -1,
		           .line_daemons = -1,
		           .program = target->program,
		           .deadline_ms = clock_ms() + o->timeout_ms,
		           .timeout_ms = o->timeout_ms,
		           .attend = { .fd = -1 } },
	};
	struct launch *l = &state;
	char number[24];

	if (!o->foreground)
		attend(l);
	if (prepare(l, envp) < 0 || (o->foreground && foreground(l) < 0) || start_daemon(l) < 0 ||
	    await_ready(l) < 0) {
		explain(l);
		clean_up(l);
		notify_close(&l->ready.notify);
		return l->why.status;
	}
	reserve_end(&l->reserve);
	target->started = l->ready.daemon;
	LAUNCH_STEP(l, "ready as pid ", text_decimal(number, l->ready.daemon));
	notify_close(&l->ready.notify);
	/* If the program has ended already, our lock may have kept it from removing
	 * the file. */
	if (l->claim.written && process_ending(l->ready.daemon))
		(void)claim_remove(&l->claim);
	else if (l->claim.written && !claim_stands(&l->claim, l->ready.daemon))
		report_line("warning: ", target->program, " writes ", o->pidfile,
		            " itself: give it, or DAEMONIZE_PIDFILE, another one");
	return STATUS_OK;
}
