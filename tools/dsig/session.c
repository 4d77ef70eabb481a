/* SPDX-License-Identifier: MIT */
#include "session.h"

#include "base/clock.h"
#include "base/process.h"
#include "base/sys.h"
#include "base/text.h"
#include "say.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMED_MAX 8
#define STAMP_NS (3 * SYS_NSEC) /* a stamp is up to 1.5 seconds ahead */
#define NEAR 8                  /* largest distance between the pids of session leader and daemon */

/* Is this session the daemon's alone? It has no terminal and is not the caller's.
 * Either the daemon leads it, or it was made by our middle process, which has
 * ended. */
static int is_own(const struct pidfile_view *view, const struct process_stat *daemon)
{
	struct process_stat leader;
	const pid_t id = daemon->session;

	if (id <= 1 || id == getsid(0) || daemon->terminal)
		return 0;
	if (id == view->pid)
		return 1;
	return view->state == PIDFILE_RUNNING && (process_stat(id, &leader) < 0 || leader.ended);
}

static int is_known(const struct session *s, pid_t pid, uint64_t start_ticks)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->member[i].process.pid == pid && s->member[i].start_ticks == start_ticks)
			return 1;
	return 0;
}

/* Adds pid if it is still the process that stat was read from. */
static void add(struct session *s, pid_t pid, const struct process_stat *stat)
{
	struct process_stat again;
	int fd;

	if (stat->ended || is_known(s, pid, stat->start_ticks))
		return;
	if (s->count == s->room) {
		s->room = 2 * s->room + 8;
		s->member = realloc(s->member, s->room * sizeof *s->member);
		if (s->member == NULL)
			abort();
	}
	fd = sys_pidfd_open(pid);
	if (process_stat(pid, &again) < 0 || again.start_ticks != stat->start_ticks) {
		sys_close(fd);
		return;
	}
	s->member[s->count++] =
		(struct session_member){ { pid, fd < 0 ? -1 : fd }, stat->start_ticks };
}

/* ---- descendants */

static void add_children_of(struct session *s, pid_t pid);

/* Adds a child that has left the session; session_look finds the others. The parent
 * is checked, because the pid may have been reused. */
static void add_child(struct session *s, pid_t parent, pid_t pid)
{
	struct process_stat stat;

	if (process_stat(pid, &stat) < 0 || stat.parent != parent)
		return;
	if (stat.session != s->id)
		add(s, pid, &stat);
	add_children_of(s, pid);
}

/* Reads "12 34 56 " of each thread. */
static void add_children_of(struct session *s, pid_t pid)
{
	char path[PROCESS_PATH], list[4096];
	struct dirent *entry;
	DIR *tasks;

	process_path(path, pid, "task");
	tasks = opendir(path);
	while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
		char what[300];
		char *at = list;
		struct text t;

		text_begin(&t, what, sizeof what);
		text_str(&t, "task/");
		text_str(&t, entry->d_name);
		text_str(&t, "/children");
		process_path(path, pid, what);
		if (*entry->d_name == '.' || sys_read_file(path, list, sizeof list) < 0)
			continue;
		for (char *blank; (blank = strchr(at, ' ')) != NULL; at = blank + 1) {
			long long child;

			*blank = '\0'; /* without a blank behind it, a number was cut off */
			if (text_number(at, 1, INT_MAX, &child) == 0)
				add_child(s, pid, (pid_t)child);
		}
	}
	if (tasks != NULL)
		(void)closedir(tasks);
}

void session_begin(struct session *s, const struct pidfile_view *view)
{
	struct process_stat daemon;

	uid_t effective;

	*s = (struct session){ .id = 0, .owner = (uid_t)-1 };
	if (process_stat(view->pid, &daemon) < 0 || !is_own(view, &daemon))
		return;
	(void)process_owner(view->pid, &s->owner, &effective);
	s->id = daemon.session;
	add_children_of(s, view->pid);
}

/* ---- members */

static int has_ended(const struct session_member *m)
{
	struct process_stat now;

	if (m->process.pidfd >= 0)
		return deliver_await_end(m->process, 0) > 0;
	return process_stat(m->process.pid, &now) < 0 || now.ended ||
	       now.start_ticks != m->start_ticks;
}

static void forget_ended(struct session *s)
{
	unsigned left = 0;

	for (unsigned i = 0; i < s->count; i++)
		if (has_ended(&s->member[i]))
			sys_close(s->member[i].process.pidfd);
		else
			s->member[left++] = s->member[i];
	s->count = left;
}

void session_look(struct session *s)
{
	DIR *proc = s->id > 0 ? opendir("/proc") : NULL;
	struct dirent *entry;

	forget_ended(s);
	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		struct process_stat stat;
		long long pid;

		if (text_number(entry->d_name, 1, INT_MAX, &pid) == 0 &&
		    process_stat((pid_t)pid, &stat) == 0 && stat.session == s->id)
			add(s, (pid_t)pid, &stat);
	}
	if (proc != NULL)
		(void)closedir(proc);
}

int session_await(const struct session *s, int ms)
{
	const long long until = clock_ms() + ms;

	for (unsigned i = 0; i < s->count; i++) {
		long long left = until - clock_ms();

		if (!has_ended(&s->member[i]) &&
		    deliver_await_end(s->member[i].process, left > 0 ? (int)left : 0) <= 0)
			return 0;
	}
	return 1;
}

static int is_owners(const struct session *s, const struct session_member *m)
{
	uid_t real, effective;

	return s->owner == 0 || (process_owner(m->process.pid, &real, &effective) == 0 &&
	                         real == s->owner && effective == s->owner);
}

void session_signal(const struct session *s, int signal)
{
	for (unsigned i = 0; i < s->count; i++)
		if (!has_ended(&s->member[i]) && is_owners(s, &s->member[i]))
			(void)deliver_signal(s->member[i].process, signal);
}

/* ---- of a daemon that is gone */

/* A session's id is the pid of its leader: that was started shortly before the
 * daemon, or is the daemon if it went into the background. The daemon's session has
 * no terminal, its leader is gone, and all its processes are younger than the
 * daemon; any other is another daemon's. */
static int may_be_left(const struct process_stat *stat, pid_t pid, pid_t daemon,
                       const struct sys_stat *file)
{
	struct process_stat leader;

	return !stat->terminal && pid > daemon &&
	       process_started(stat->start_ticks) >= file->mtime - STAMP_NS &&
	       (process_stat(stat->session, &leader) < 0 || leader.ended);
}

void session_remains(struct session *s, pid_t pid, const struct sys_stat *file)
{
	enum { NOBODY, LEFT, OTHERS } is[NEAR + 1] = { NOBODY }; /* by distance from pid */
	DIR *proc = pid > 0 ? opendir("/proc") : NULL;
	struct dirent *entry;

	*s = (struct session){ .id = 0 };
	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		struct process_stat stat;
		long long n;
		int far;

		if (text_number(entry->d_name, 1, INT_MAX, &n) < 0 ||
		    process_stat((pid_t)n, &stat) < 0 || stat.ended)
			continue;
		far = pid - stat.session;
		if (far < 0 || far > NEAR || stat.session <= 1)
			continue;
		if (!may_be_left(&stat, (pid_t)n, pid, file))
			is[far] = OTHERS;
		else if (is[far] == NOBODY)
			is[far] = LEFT;
	}
	if (proc != NULL)
		(void)closedir(proc);
	for (int far = 0; far <= NEAR && s->id == 0; far++)
		s->id = is[far] == LEFT ? pid - far : 0;
	session_look(s);
}

void session_text(const struct session *s, struct text *t)
{
	struct word one;

	for (unsigned i = 0; i < s->count && i < NAMED_MAX; i++) {
		text_str(t, i > 0 ? ", " : "");
		text_str(t, say_process(&one, s->member[i].process.pid));
	}
	if (s->count > NAMED_MAX)
		text_str(t, ", ...");
}

void session_end(struct session *s)
{
	for (unsigned i = 0; i < s->count; i++)
		sys_close(s->member[i].process.pidfd);
	free(s->member);
	*s = (struct session){ .id = 0 };
}
