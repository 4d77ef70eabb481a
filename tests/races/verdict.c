/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include "judge.h"

#include "pidfile/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#define STALE_TEXT "4194304\n" /* the kernel gives numbers below it */
#define VAIN_NS 4000000000ull

static const char *const texts[] = { "", "", STALE_TEXT }; /* by enum before */

void verdict_prepare(enum before before)
{
	int fd;

	(void)unlink(SCENE_PIDFILE);
	(void)unlink(SCENE_LOGFILE);
	if (before == BEFORE_ABSENT)
		return;
	fd = open(SCENE_PIDFILE, O_WRONLY | O_CREAT, 0644);
	if (before == BEFORE_STALE)
		(void)!write(fd, STALE_TEXT, sizeof STALE_TEXT - 1);
	(void)close(fd);
}

/* ---- a daemon */

/* The flock of a static program went with the exec. */
static int is_flocked(void)
{
	int fd = open(SCENE_PIDFILE, O_RDONLY | O_CLOEXEC);
	int held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;

	if (fd >= 0)
		(void)close(fd);
	return held;
}

static void see_daemon(const struct start *s)
{
	struct pidfile_view v;

	pidfile_inspect(SCENE_PIDFILE, &v);
	sys_close(v.pidfd);
	if (v.state != PIDFILE_RUNNING || v.pid != s->daemon || v.evidence != EVIDENCE_LOCK)
		judge_wrong("the daemon is %d, its pid file: %s, pid %d, by its %s", (int)s->daemon,
		            pidfile_state_name(v.state), (int)v.pid, evidence_name(v.evidence));
	if (!s->scene->is_static && !is_flocked())
		judge_wrong("the daemon has no flock");
	if (s->too_many)
		judge_wrong("more than one process is left");
}

/* ---- none */

/* What is left must not be in the way. */
static enum outcome see_file(enum before before)
{
	struct pidfile_view v;
	char text[64];

	pidfile_inspect(SCENE_PIDFILE, &v);
	sys_close(v.pidfd);
	if (v.state != PIDFILE_STOPPED && v.state != PIDFILE_STALE)
		judge_wrong("nobody is left, and the pid file is %s: %s",
		            pidfile_state_name(v.state), v.why);
	if (v.state == PIDFILE_STOPPED)
		return OUTCOME_NOTHING;
	judge_read(SCENE_PIDFILE, text, sizeof text);
	/* A stale one may be empty by now: it was about to be written. */
	return before != BEFORE_ABSENT && (text[0] == '\0' || strcmp(text, texts[before]) == 0)
	               ? OUTCOME_AS_WAS
	               : OUTCOME_FILE;
}

/* Of a launcher that lived: nothing may be there that was not before. */
static void see_failure(const struct start *s, enum outcome outcome, int status)
{
	char text[700];

	judge_read(START_OUTPUT, text, sizeof text);
	if (!judge_documented(status) || !judge_is_message(text))
		judge_wrong("status %d, its message: %s", status, text);
	if (s->daemon != 0)
		judge_wrong("status %d, and a daemon is left", status);
	if (access(SCENE_LOGFILE, F_OK) == 0)
		judge_wrong("status %d, and a log file is left", status);
	judge_read(START_MAINS, text, sizeof text);
	if (!s->scene->waits && text[0] != '\0')
		judge_wrong("status %d, and its main has begun", status);
	if (outcome == OUTCOME_FILE)
		judge_wrong("status %d, and a pid file is left that was not there", status);
	if (s->took_ns > VAIN_NS)
		judge_wrong("status %d after %.1f seconds", status, (double)s->took_ns / 1e9);
}

static void see_success(const struct start *s, enum role killed)
{
	char text[700];

	judge_read(START_OUTPUT, text, sizeof text);
	if (text[0] != '\0')
		judge_wrong("status 0, its message: %s", text);
	if (s->daemon != 0)
		return;
	/* a launcher that sees it gone removes the file */
	judge_read(SCENE_PIDFILE, text, sizeof text);
	if (killed != ROLE_DAEMON || (text[0] != '\0' && atoi(text) != s->killed))
		judge_wrong("status 0, and no daemon; the pid file says %s", text);
}

/* ---- both */

enum outcome verdict(const struct start *s, enum before before, enum role killed, int had_copy,
                     char *text, unsigned size)
{
	enum outcome outcome = OUTCOME_DAEMON;

	judge_begin(text, size);
	if (s->hung)
		judge_wrong("it hangs");
	if (s->daemon != 0)
		see_daemon(s);
	else
		outcome = see_file(before);
	if (WIFSIGNALED(s->wait_status)) {
		if (killed != ROLE_LAUNCHER || WTERMSIG(s->wait_status) != SIGKILL)
			judge_wrong("the launcher was killed by signal %d",
			            WTERMSIG(s->wait_status));
		if (outcome == OUTCOME_FILE && had_copy)
			judge_wrong("a copy lived, and has not removed the pid file");
	} else if (WEXITSTATUS(s->wait_status) == 0) {
		see_success(s, killed);
	} else {
		/* also when the middle process was killed, which nobody means to do */
		see_failure(s, outcome, WEXITSTATUS(s->wait_status));
	}
	return outcome;
}

void verdict_end(const struct scene *scene)
{
	if (!scene->is_static && access(SCENE_PIDFILE, F_OK) == 0)
		judge_wrong("the daemon has left its pid file at its end");
}
