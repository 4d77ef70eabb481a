/* SPDX-License-Identifier: MIT */
/* Linked into the tools only. */
#include "pidfile/inspect.h"

#include "base/error.h"
#include "base/path.h"
#include "base/process.h"
#include "base/text.h"
#include "pidfile/pidfile.h"

#include <errno.h>
#include <stddef.h>

#define SETTLE_MS 100
#define NAP_MS 5

const char *pidfile_state_name(enum pidfile_state state)
{
	static const char *const names[] = {
		[PIDFILE_RUNNING] = "running",   [PIDFILE_STARTING] = "starting",
		[PIDFILE_UNLOCKED] = "unlocked", [PIDFILE_STALE] = "stale",
		[PIDFILE_STOPPED] = "stopped",   [PIDFILE_UNKNOWN] = "unknown",
	};

	return names[state];
}

static void conclude(struct pidfile_view *v, enum pidfile_state state, const char *why)
{
	struct text t;

	v->state = state;
	text_begin(&t, v->why, sizeof v->why);
	text_str(&t, why);
}

/* Opens a pidfd for v->pid, or sets v->pidfd to -1. Returns whether that process
 * lives; a zombie does not. */
static int pin(struct pidfile_view *v)
{
	struct process_stat stat;
	struct pollfd ended;

	v->pidfd = sys_pidfd_open(v->pid);
	if (v->pidfd == -ESRCH || v->pidfd == -EINVAL || v->pidfd == -ENOENT) {
		v->pidfd = -1;
		return 0;
	}
	if (v->pidfd < 0) { /* pidfds are not supported */
		v->pidfd = -1;
		return process_stat(v->pid, &stat) < 0 ? sys_kill(v->pid, 0) != -ESRCH
		                                       : !stat.ended;
	}
	ended = (struct pollfd){ .fd = v->pidfd, .events = POLLIN };
	return sys_poll(&ended, 1, 0) == 0;
}

static int is_unseen(const struct evidence *e)
{
	return e->record.holder == LOCKS_UNSEEN || e->flock.holder == LOCKS_UNSEEN;
}

/* Evidence for the process takes precedence over other holders of locks. */
static void weigh(struct pidfile_view *v, const struct evidence *e, int lives)
{
	const int is_locked = e->record.holder != 0 || e->flock.holder != 0;

	if (lives && e->kind != EVIDENCE_NONE && e->kind != EVIDENCE_CLOCK)
		conclude(v, PIDFILE_RUNNING, "");
	else if (is_unseen(e))
		conclude(v, PIDFILE_UNKNOWN, "locked by a process that cannot be seen from here");
	else if (v->pid == 0 && is_locked)
		conclude(v, PIDFILE_STARTING, "no pid in it yet");
	else if (v->pid == 0)
		conclude(v, PIDFILE_STALE, "no pid in it");
	else if (is_locked)
		conclude(v, PIDFILE_UNKNOWN, "locked by another process than it names");
	else if (!lives)
		conclude(v, PIDFILE_STALE, "the daemon is gone");
	else if (e->kind == EVIDENCE_CLOCK)
		conclude(v, PIDFILE_UNLOCKED, "no lock, but it is older than the file");
	else if (e->is_ending)
		conclude(v, PIDFILE_UNKNOWN, "the daemon is about to end");
	else if (e->against != NULL)
		conclude(v, PIDFILE_STALE, e->against);
	else
		conclude(v, PIDFILE_UNKNOWN, "nothing ties the process to the file");
}

static void judge(int fd, struct pidfile_view *v)
{
	/* Open the pidfd before the checks, so that their results are about the
	 * process that it refers to, even if the pid is reused. */
	int lives = v->pid > 0 && pin(v);
	struct evidence e;

	evidence_judge(fd, &v->file, v->pid, &e);
	v->evidence = lives ? e.kind : EVIDENCE_NONE;
	v->start_ticks = e.start_ticks;
	weigh(v, &e, lives);
}

/* If the file was replaced or written meanwhile, the result is worthless; if it was
 * removed, only "running" is valid. */
static int is_changed(int dir, const char *base, int fd, const struct pidfile_view *v)
{
	struct sys_stat now;
	int r;

	if (sys_fstat(fd, &now) < 0 || now.mtime != v->file.mtime)
		return 1;
	r = sys_stat(dir, base, AT_SYMLINK_NOFOLLOW, &now);
	if (r < 0)
		return r == -ENOENT && v->state != PIDFILE_RUNNING;
	return !sys_same(&now, &v->file);
}

static void look(int dir, const char *base, int fd, struct pidfile_view *v)
{
	char text[PIDFILE_TEXT];
	struct sys_stat in;
	ssize_t n = sys_fstat(fd, &v->file);

	if (n == 0)
		n = sys_fstat(dir, &in);
	if (n == 0 && S_ISREG(v->file.mode) && v->file.nlink > 1 && path_planted(&in, &v->file))
		n = -PATH_PLANTED;
	if (n < 0) {
		conclude(v, PIDFILE_UNKNOWN, error_text((int)-n));
		return;
	}
	if (!S_ISREG(v->file.mode)) {
		conclude(v, PIDFILE_UNKNOWN, "not a regular file");
		return;
	}
	n = sys_pread(fd, text, sizeof text, 0);
	v->pid = n < 0 ? -1 : pidfile_parse_foreign(text, (size_t)n);
	if (v->pid < 0) {
		v->pid = 0;
		conclude(v, PIDFILE_UNKNOWN, n < 0 ? error_text((int)-n) : "does not hold a pid");
		return;
	}
	judge(fd, v);
	if (is_changed(dir, base, fd, v))
		conclude(v, PIDFILE_UNKNOWN, "the file was changed while we looked");
}

static void cannot_open(struct pidfile_view *v, int error)
{
	if (error == ENOENT)
		conclude(v, PIDFILE_STOPPED, "");
	else
		conclude(v, PIDFILE_UNKNOWN,
		         error == ELOOP
		                 ? "is a symbolic link, or behind one that others could have made"
		                 : error_text(error));
}

static void look_once(const char *path, struct pidfile_view *v)
{
	const char *base;
	int dir = path_parent(path, &base), fd;

	*v = (struct pidfile_view){ .pidfd = -1 };
	if (dir < 0) {
		cannot_open(v, -dir);
		return;
	}
	fd = sys_openat(dir, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	if (fd < 0)
		cannot_open(v, -fd);
	else
		look(dir, base, fd, v);
	sys_close(fd);
	sys_close(dir);
}

/* Can another look give another result? A starter writes its pid within this time,
 * and a process that only tests a lock holds it for a moment. */
static int unsettled(const struct pidfile_view *v)
{
	return v->state == PIDFILE_STARTING ||
	       (v->state == PIDFILE_UNKNOWN && v->file.ino != 0 && S_ISREG(v->file.mode));
}

void pidfile_inspect(const char *path, struct pidfile_view *view)
{
	look_once(path, view);
	for (int waited = 0; unsettled(view) && waited < SETTLE_MS; waited += NAP_MS) {
		sys_close(view->pidfd);
		(void)sys_poll(NULL, 0, NAP_MS);
		look_once(path, view);
	}
}
