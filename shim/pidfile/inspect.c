/* SPDX-License-Identifier: MIT */
/* The readers' half of pidfile.h; the tools have it, the daemon does not. */
#include "pidfile/pidfile.h"

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

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

/* Does a process with this number, of which there is no pidfd, live? */
static int lives_by_number(pid_t pid)
{
	struct process_stat stat;
	int r;

	if (process_stat(pid, &stat) == 0)
		return !stat.ended;
	r = sys_kill(pid, 0);
	return r == 0 || r == -EPERM;
}

/* A pidfd for v->pid, or v->pidfd -1. Returns whether that process lives;
 * a zombie does not, though it is still to be waited for. */
static int pin(struct pidfile_view *v)
{
	struct pollfd ended;
	int fd = sys_pidfd_open(v->pid);

	v->pidfd = fd < 0 ? -1 : fd;
	if (fd < 0)
		return fd != -ESRCH && fd != -EINVAL && fd != -ENOENT && lives_by_number(v->pid);
	ended = (struct pollfd){ .fd = fd, .events = POLLIN };
	return sys_poll(&ended, 1, 0) <= 0;
}

/* 1 held, with the kernel's word in v->holder; the flock is tested only when
 * the POSIX lock is free: a test is a lock, which a starter might meet. */
static int locked(int fd, struct pidfile_view *v)
{
	pid_t holder;
	int r;

	v->holder = 0;
	if (sys_lock_holder(fd, F_WRLCK, &holder) > 0) {
		/* 0: outside our pid namespace; then the number in the file is
		 * of another namespace, too, whoever has it here */
		v->holder = holder > 0 ? holder : -1;
		return 1;
	}
	r = sys_flock(fd, LOCK_SH | LOCK_NB);
	if (r < 0)
		return r == -EWOULDBLOCK;
	(void)sys_flock(fd, LOCK_UN);
	return 0;
}

static void judge_living(int is_locked, struct pidfile_view *v)
{
	int older;

	if (v->holder == v->pid) {
		v->confirmed = 1;
		conclude(v, PIDFILE_RUNNING, "");
		return;
	}
	older = process_older(v->pid, v->file.mtime);
	if (v->holder < 0)
		conclude(v, PIDFILE_UNKNOWN, "locked by a process that cannot be seen from here");
	else if (v->holder > 0)
		conclude(v, PIDFILE_UNKNOWN, "the file is locked by another process than it names");
	else if (older < 0)
		conclude(v, PIDFILE_UNKNOWN, "nothing ties the process to the file");
	else if (older == 0 && is_locked)
		conclude(v, PIDFILE_UNKNOWN, "locked, but the pid is of a younger process");
	else if (older == 0)
		conclude(v, PIDFILE_STALE, "the pid has been taken by a younger process");
	else if (!is_locked && process_ending(v->pid))
		conclude(v, PIDFILE_UNKNOWN, "the daemon is about to end");
	else
		conclude(v, is_locked ? PIDFILE_RUNNING : PIDFILE_UNLOCKED,
		         is_locked ? "" : "holds no lock, its start time fits");
}

static void judge(int fd, struct pidfile_view *v)
{
	/* The pidfd comes first: from here on the number cannot change hands
	 * unseen, and what the locks say is said of this very process. */
	int lives = v->pid > 0 && pin(v);
	int is_locked = locked(fd, v);

	if (is_locked && v->holder <= 0 && lives == 0)
		conclude(v, PIDFILE_UNKNOWN, "locked by a process that cannot be seen from here");
	else if (v->pid == 0)
		conclude(v, is_locked ? PIDFILE_STARTING : PIDFILE_STALE,
		         is_locked ? "no pid in it yet" : "no pid in it");
	else if (lives)
		judge_living(is_locked, v);
	else if (is_locked)
		conclude(v, PIDFILE_UNKNOWN, "locked by another process than it names");
	else
		conclude(v, PIDFILE_STALE, "the daemon is gone");
}

/* A file that was replaced while we looked says nothing about path, and one
 * that was removed only that its daemon still runs. */
static int replaced(const char *path, const struct pidfile_view *v)
{
	struct sys_stat named;
	int r = sys_stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &named);

	if (r < 0)
		return r == -ENOENT && v->state != PIDFILE_RUNNING;
	return !sys_same(&named, &v->file);
}

static void look(int fd, const char *path, struct pidfile_view *v)
{
	char text[64];
	ssize_t n = sys_fstat(fd, &v->file);

	if (n < 0) {
		conclude(v, PIDFILE_UNKNOWN, error_text((int)-n));
		return;
	}
	if (!S_ISREG(v->file.mode)) {
		conclude(v, PIDFILE_UNKNOWN, "not a regular file");
		return;
	}
	n = sys_pread(fd, text, sizeof text, 0);
	v->pid = n < 0 || n == (ssize_t)sizeof text ? -1 : pidfile_parse(text, (size_t)n);
	if (v->pid < 0) {
		v->pid = 0;
		conclude(v, PIDFILE_UNKNOWN, n < 0 ? error_text((int)-n) : "does not hold a pid");
		return;
	}
	judge(fd, v);
	if (replaced(path, v))
		conclude(v, PIDFILE_UNKNOWN, "the file was replaced while we looked");
}

static void look_once(const char *path, struct pidfile_view *v)
{
	int fd = sys_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);

	*v = (struct pidfile_view){ .pidfd = -1 };
	if (fd == -ENOENT)
		conclude(v, PIDFILE_STOPPED, "");
	else if (fd < 0)
		conclude(v, PIDFILE_UNKNOWN, fd == -ELOOP ? "is a symbolic link" : error_text(-fd));
	else
		look(fd, path, v);
	sys_close(fd);
}

/* May the next look see something else? A starter writes within this time;
 * between its pwrite and its truncate the text is torn; and who tests a lock
 * holds it for a moment. */
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
