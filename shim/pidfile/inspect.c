/* SPDX-License-Identifier: MIT */
/* The readers' half of pidfile.h; the tools have it, the daemon does not. */
#include "pidfile/pidfile.h"

#include "base/process.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

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

/* A pidfd for v->pid, or v->pidfd -1. Returns whether that process lives;
 * a zombie does not, though it is still to be waited for. */
static int pin(struct pidfile_view *v)
{
	struct process_stat stat;
	struct pollfd ended;

	v->pidfd = sys_pidfd_open(v->pid);
	if (v->pidfd < 0)
		return errno != ESRCH && errno != EINVAL &&
		       (process_stat(v->pid, &stat) < 0 ? kill(v->pid, 0) == 0 || errno == EPERM
		                                        : !stat.ended);
	ended = (struct pollfd){ .fd = v->pidfd, .events = POLLIN };
	return poll(&ended, 1, 0) <= 0;
}

/* 1 held, with the kernel's word in v->holder; the flock is tested only when
 * the POSIX lock is free: a test is a lock, which a starter might meet. */
static int locked(int fd, struct pidfile_view *v)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	v->holder = 0;
	if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) {
		/* 0: outside our pid namespace; then the number in the file is
		 * of another namespace, too, whoever has it here */
		v->holder = lock.l_pid > 0 ? lock.l_pid : -1;
		return 1;
	}
	if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		return errno == EWOULDBLOCK;
	(void)flock(fd, LOCK_UN);
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

	if (sys_stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &named) < 0)
		return errno == ENOENT && v->state != PIDFILE_RUNNING;
	return !sys_same(&named, &v->file);
}

static void look(int fd, const char *path, struct pidfile_view *v)
{
	char text[64];
	ssize_t n;

	if (sys_fstat(fd, &v->file) < 0) {
		conclude(v, PIDFILE_UNKNOWN, strerror(errno));
		return;
	}
	if (!S_ISREG(v->file.mode)) {
		conclude(v, PIDFILE_UNKNOWN, "not a regular file");
		return;
	}
	n = pread(fd, text, sizeof text, 0);
	v->pid = n < 0 || n == (ssize_t)sizeof text ? -1 : pidfile_parse(text, (size_t)n);
	if (v->pid < 0) {
		v->pid = 0;
		conclude(v, PIDFILE_UNKNOWN, n < 0 ? strerror(errno) : "does not hold a pid");
		return;
	}
	judge(fd, v);
	if (replaced(path, v))
		conclude(v, PIDFILE_UNKNOWN, "the file was replaced while we looked");
}

static void look_once(const char *path, struct pidfile_view *v)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	*v = (struct pidfile_view){ .pidfd = -1 };
	if (fd < 0 && errno == ENOENT)
		conclude(v, PIDFILE_STOPPED, "");
	else if (fd < 0)
		conclude(v, PIDFILE_UNKNOWN,
		         errno == ELOOP ? "is a symbolic link" : strerror(errno));
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
		(void)poll(NULL, 0, NAP_MS);
		look_once(path, view);
	}
}
