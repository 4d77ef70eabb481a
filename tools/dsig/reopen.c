/* SPDX-License-Identifier: MIT */
#include "reopen.h"

#include "base/clock.h"
#include "base/text.h"
#include "facts.h"
#include "say.h"

#include <string.h>
#include <unistd.h>

#define CHANGE_MS 500
#define NAP_MS 5

static const char *const descriptors[] = { "fd/1", "fd/2" };

/* The regular file behind descriptor i of pid. */
static int find(pid_t pid, int i, struct sys_stat *file)
{
	char link[48];

	facts_path(link, sizeof link, pid, descriptors[i]);
	return sys_stat(AT_FDCWD, link, 0, file) == 0 && S_ISREG(file->mode);
}

/* Does the name end as those that logrotate(8) and people give to the last
 * log: "x.log.1", "x.log-20261127", "x.log.old"; "x.1"? */
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
		char link[48];
		ssize_t n;

		facts_path(link, sizeof link, t->view.pid, descriptors[i]);
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

/* Whether descriptors 1 and 2 of the daemon have changed where they must, and
 * where one did its file has become the old one, whatever it is called. */
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

static int name_writer(const struct reopen *r, const struct target *t, pid_t pid)
{
	for (int i = 0; i < 2; i++)
		if (still_writes(r, pid, i)) {
			struct word process;

			report_line(t->name, ": process ", say_process(&process, pid),
			            " still writes to ", r->path[i]);
			return STATUS_TEMPFAIL;
		}
	return STATUS_OK;
}

int reopen_check(struct reopen *r, const struct target *t)
{
	const long long until = clock_ms() + CHANGE_MS;
	int status;

	while (!changed(r, t->view.pid) && clock_ms() < until &&
	       deliver_await_end(deliver_to(&t->view), NAP_MS) == 0)
		;
	status = name_writer(r, t, t->view.pid);
	session_begin(&r->session, &t->view);
	session_look(&r->session);
	for (unsigned i = 0; i < r->session.count; i++)
		if (r->session.member[i].process.pid != t->view.pid &&
		    name_writer(r, t, r->session.member[i].process.pid) != STATUS_OK)
			status = STATUS_TEMPFAIL;
	session_end(&r->session);
	return status;
}
