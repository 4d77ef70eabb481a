/* SPDX-License-Identifier: MIT */
#include "reopen.h"

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "say.h"

#include <string.h>
#include <unistd.h>

#define CHANGE_MS 500
#define NAP_MS 5

static const char *const descriptors[] = { "fd/1", "fd/2" };

/* Reads the status of the regular file behind descriptors[i] of pid. Returns false
 * if it is none. */
static int find(pid_t pid, int i, struct sys_stat *file)
{
	char link[PROCESS_PATH];

	process_path(link, pid, descriptors[i]);
	return sys_stat(AT_FDCWD, link, 0, file) == 0 && S_ISREG(file->mode);
}

/* Is this the name of a rotated log, by logrotate(8) or by hand: "x.log.1",
 * "x.log-20261127", "x.log.old", "x.1"? */
static int looks_rotated(const char *name)
{
	const char *log = strstr(name, ".log");
	const char *end = name + strlen(name);

	while (log != NULL && strstr(log + 1, ".log") != NULL)
		log = strstr(log + 1, ".log");
	if (log != NULL)
		return log[4] == '.' || log[4] == '-';
	while (end > name && end[-1] >= '0' && end[-1] <= '9')
		end--;
	return *end != '\0' && end > name && (end[-1] == '.' || end[-1] == '-');
}

void reopen_begin(struct reopen *r, const struct target *t)
{
	*r = (struct reopen){ .session = { .id = 0 } };
	for (int i = 0; i < 2; i++) {
		char link[PROCESS_PATH];
		ssize_t n;

		process_path(link, t->view.pid, descriptors[i]);
		n = readlink(link, r->path[i], sizeof r->path[i] - 1);
		r->path[i][n > 0 ? n : 0] = '\0';
		if (!find(t->view.pid, i, &r->file[i]))
			r->path[i][0] = '\0';
		r->is_old[i] = r->path[i][0] != '\0' &&
		               (r->file[i].nlink == 0 || looks_rotated(text_basename(r->path[i])));
	}
}

static int still_writes(const struct reopen *r, pid_t pid, int i)
{
	struct sys_stat now;

	return r->is_old[i] && find(pid, i, &now) && sys_same(&now, &r->file[i]);
}

/* Have descriptors 1 and 2 of the daemon changed where they must? Where one has
 * changed, its file is now an old one, whatever its name. */
static int changed(struct reopen *r, pid_t pid)
{
	int all = 1;

	for (int i = 0; i < 2; i++) {
		struct sys_stat now;

		if (r->path[i][0] != '\0' && find(pid, i, &now) && !sys_same(&now, &r->file[i]))
			r->is_old[i] = 1;
		all &= !still_writes(r, pid, i);
	}
	return all;
}

/* 0: the daemon; then the members of its session. */
static pid_t process(const struct reopen *r, const struct target *t, unsigned n)
{
	return n == 0 ? t->view.pid : r->session.member[n - 1].process.pid;
}

static int writes(const struct reopen *r, pid_t pid)
{
	return still_writes(r, pid, 0) ? 0 : still_writes(r, pid, 1) ? 1 : -1;
}

static int anybody_writes(const struct reopen *r, const struct target *t)
{
	for (unsigned n = 0; n <= r->session.count; n++)
		if (writes(r, process(r, t, n)) >= 0)
			return 1;
	return 0;
}

static int name_writers(const struct reopen *r, const struct target *t)
{
	int status = STATUS_OK;

	for (unsigned n = 0; n <= r->session.count; n++) {
		const pid_t pid = process(r, t, n);
		const int i = writes(r, pid);
		struct word name;

		if (i < 0 || (n > 0 && pid == t->view.pid))
			continue;
		report_line(t->name, ": process ", say_process(&name, pid), " still writes to ",
		            r->path[i]);
		status = STATUS_TEMPFAIL;
	}
	return status;
}

/* Workers may be told by the daemon, and so reopen a little later. */
int reopen_check(struct reopen *r, const struct target *t)
{
	const long long until = clock_ms() + CHANGE_MS;
	int status;

	while (!changed(r, t->view.pid) && clock_ms() < until &&
	       deliver_await_end(deliver_to(&t->view), NAP_MS) == 0)
		;
	session_begin(&r->session, &t->view);
	session_look(&r->session);
	while (anybody_writes(r, t) && clock_ms() < until)
		(void)sys_poll(NULL, 0, NAP_MS);
	status = name_writers(r, t);
	session_end(&r->session);
	return status;
}
