/* SPDX-License-Identifier: MIT */
#include "log.h"

#include "base/error.h"
#include "base/instance.h"
#include "base/path.h"
#include "base/process.h"
#include "base/text.h"
#include "deliver.h"
#include "output.h"
#include "say.h"
#include "tail.h"
#include "verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* How often to check whether the daemon has reopened its log, for which there is no
 * event: after the log was moved, and less often in any case, because it may have
 * been moved before we watched it. */
#define MOVED_MS 200
#define IDLE_MS 1000

struct log {
	const struct target *target;
	char link[PROCESS_PATH]; /* /proc/PID/fd/1 */
	int fd;
	struct sys_stat file;
	off_t at; /* all before this offset has been shown */
	int notify_fd;
	int moved; /* the daemon is expected to open another */
};

static int cannot(const struct log *l, const char *what, int error)
{
	if (say_failed())
		return STATUS_IOERR; /* say_end reports it */
	report_line("unable to ", what, " the log of ", l->target->name, ": ", error_text(error));
	return error == EACCES || error == EPERM ? STATUS_NOPERM : STATUS_UNKNOWN;
}

static int no_file(const struct log *l)
{
	char to[PATH_MAX];
	ssize_t n = readlink(l->link, to, sizeof to - 1);

	to[n > 0 ? n : 0] = '\0';
	report_line(l->target->name, ": has no log file, its output goes to ", to);
	return STATUS_UNKNOWN;
}

static int open_log(struct log *l)
{
	int fd = output_open_file(l->target->view.pid, l->target->view.pidfd, &l->file);

	if (fd == -ENOTTY)
		return no_file(l);
	if (fd < 0)
		return cannot(l, "open", -fd);
	l->fd = fd;
	/* The daemon still runs, so the link was its own, not that of a process
	 * that has reused its pid. */
	if (deliver_await_end(deliver_to(&l->target->view), 0) > 0) {
		report_line(l->target->name, ": has just ended");
		return STATUS_STALE;
	}
	return STATUS_OK;
}

/* ---- follow */

static int catch_up(struct log *l)
{
	struct sys_stat now;
	int r = sys_fstat(l->fd, &now);

	if (r < 0)
		return r;
	if ((off_t)now.size < l->at)
		l->at = 0; /* truncated: from its new beginning */
	return tail_copy(l->fd, &l->at, (off_t)now.size);
}

static void watch(struct log *l)
{
	char path[PROCESS_PATH];
	struct text t;

	sys_close(l->notify_fd); /* with its watch on the previous file */
	l->notify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	text_begin(&t, path, sizeof path);
	text_str(&t, "/proc/self/fd/");
	text_num(&t, l->fd);
	if (l->notify_fd >= 0 &&
	    inotify_add_watch(l->notify_fd, path, IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF) < 0) {
		sys_close(l->notify_fd);
		l->notify_fd = -1;
	}
}

static void drain(struct log *l)
{
	_Alignas(struct inotify_event) char events[4096];
	struct sys_stat now;
	ssize_t n;

	while ((n = read(l->notify_fd, events, sizeof events)) > 0)
		for (ssize_t i = 0; i < n;) {
			const struct inotify_event *e = (const void *)(events + i);

			if (e->mask & IN_MOVE_SELF)
				l->moved = 1;
			i += (ssize_t)(sizeof *e + e->len);
		}
	if (sys_fstat(l->fd, &now) == 0 && now.nlink == 0)
		l->moved = 1;
}

/* If the daemon has opened another log: shows the rest of the old one, and goes on
 * with the beginning of the new one. Returns a status. */
static int change(struct log *l)
{
	struct sys_stat now;
	int status, old = l->fd;

	if (sys_stat(AT_FDCWD, l->link, 0, &now) < 0 || sys_same(&now, &l->file))
		return STATUS_OK;
	status = catch_up(l);
	if (status < 0)
		return cannot(l, "show", -status);
	status = open_log(l);
	if (status != STATUS_OK)
		return status;
	sys_close(old);
	l->at = 0;
	l->moved = 0;
	watch(l);
	return STATUS_OK;
}

/* Waits for an event, or a while. Returns 1 if the daemon has ended. */
static int await(struct log *l)
{
	const struct pidfile_view *view = &l->target->view;
	struct pollfd fds[] = {
		{ .fd = l->notify_fd, .events = POLLIN },
		{ .fd = view->pidfd, .events = POLLIN },
	};
	const int blind = l->moved || l->notify_fd < 0 || view->pidfd < 0;

	(void)sys_poll(fds, 2, blind ? MOVED_MS : IDLE_MS);
	if (l->notify_fd >= 0)
		drain(l);
	return deliver_await_end(deliver_to(view), 0) > 0;
}

static int follow(struct log *l)
{
	int ended = 0;

	watch(l);
	for (;;) {
		int status = catch_up(l);

		if (status < 0)
			return cannot(l, "show", -status);
		if (ended)
			return STATUS_OK;
		ended = await(l);
		status = ended ? STATUS_OK : change(l);
		if (status != STATUS_OK)
			return status;
	}
}

/* ---- show */

static int show(struct log *l, const struct cmdline *o)
{
	int status = open_log(l);

	if (status != STATUS_OK)
		return status;
	l->at = tail_begin(l->fd, (off_t)l->file.size, o->lines);
	status = tail_copy(l->fd, &l->at, (off_t)l->file.size);
	if (status < 0)
		return cannot(l, "show", -status);
	return o->follow ? follow(l) : STATUS_OK;
}

static void headline(const struct target *t)
{
	static int before;
	char line[NAME_MAX + 32];
	struct text text;

	text_begin(&text, line, sizeof line);
	text_str(&text, before++ == 0 ? "==> " : "\n==> ");
	text_str(&text, t->name);
	text_str(&text, " <==\n");
	(void)say_bytes(line, (size_t)(text.at - text.start));
}

/* If the daemon is gone: shows its log, which may say why, at the place given in
 * DAEMONIZE_LOGFILE or at the default one. */
static void show_usual(struct log *l, const struct cmdline *o)
{
	const char *said = getenv("DAEMONIZE_LOGFILE");
	char path[PATH_MAX];
	struct text t;

	text_begin(&t, path, sizeof path);
	if (said != NULL && strchr(said, '/') != NULL && *said != '|')
		text_str(&t, said);
	else if (!l->target->by_name || instance_logfile(&t, environ, l->target->name) < 0)
		return;
	l->fd = t.cut ? -ENAMETOOLONG
	              : path_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (l->fd < 0 || sys_fstat(l->fd, &l->file) < 0 || !S_ISREG(l->file.mode))
		return;
	report_line(l->target->name, ": the end of ", path, ":");
	l->at = tail_begin(l->fd, (off_t)l->file.size, o->lines);
	(void)tail_copy(l->fd, &l->at, (off_t)l->file.size);
}

int log_show(const struct cmdline *o, const struct command *c, struct target *t)
{
	struct log l = { .target = t, .fd = -1, .notify_fd = -1 };
	int status = verify_target(o, t);

	(void)c;
	if (status == STATUS_OK) {
		if (o->count > 1)
			headline(t);
		process_path(l.link, t->view.pid, "fd/1");
		status = show(&l, o);
	} else if (status == STATUS_STALE || status == STATUS_STOPPED) {
		show_usual(&l, o);
	}
	sys_close(l.fd);
	sys_close(l.notify_fd);
	return status;
}
