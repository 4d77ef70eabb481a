/* SPDX-License-Identifier: MIT */
#include "facts.h"

#include "base/process.h"
#include "base/sys.h"
#include "base/text.h"
#include "spawn/lookup.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Reads the link at path; out is empty if that fails. */
static void read_link(const char *path, char *out, size_t size)
{
	ssize_t n = readlink(path, out, size - 1);

	out[n > 0 ? n : 0] = '\0';
}

/* After an upgrade the running file has no name any more, and the kernel appends
 * "(deleted)" to its path; to users it is the same program. */
static void program(struct facts *f, pid_t pid)
{
	static const char deleted[] = " (deleted)";
	const size_t suffix = sizeof deleted - 1;
	char path[PROCESS_PATH];
	size_t len;
	ssize_t n;

	process_path(path, pid, "exe");
	read_link(path, f->program, sizeof f->program);
	len = strlen(f->program);
	if (len > suffix && strcmp(f->program + len - suffix, deleted) == 0)
		f->program[len - suffix] = '\0';
	if (len > 0)
		return;
	process_path(path, pid, "comm"); /* another user's: its name only */
	n = sys_read_file(path, f->program, sizeof f->program);
	f->program[n > 0 ? n - 1 : 0] = '\0';
}

static void user(struct facts *f, pid_t pid)
{
	uid_t real, effective;
	struct lookup_user entry;
	struct text t;

	if (process_owner(pid, &real, &effective) < 0)
		return;
	text_begin(&t, f->user, sizeof f->user);
	if (lookup_user_id(&entry, effective) == 0)
		text_str(&t, entry.name);
	else
		text_num(&t, effective);
}

/* Resident memory: the second number of statm, in pages. */
static void memory(struct facts *f, pid_t pid)
{
	char path[PROCESS_PATH], text[128];
	char *pages;
	long long n;

	process_path(path, pid, "statm");
	if (sys_read_file(path, text, sizeof text) < 0 || (pages = strchr(text, ' ')) == NULL)
		return;
	pages++;
	pages[strcspn(pages, " ")] = '\0';
	if (text_number(pages, 0, 1LL << 48, &n) == 0)
		f->rss_bytes = n * sysconf(_SC_PAGESIZE);
}

static void logfile(struct facts *f, pid_t pid)
{
	struct sys_stat st;
	char path[PROCESS_PATH];

	process_path(path, pid, "fd/1");
	if (sys_stat(AT_FDCWD, path, 0, &st) == 0 && S_ISREG(st.mode))
		read_link(path, f->logfile, sizeof f->logfile);
}

void facts_gather(struct facts *f, pid_t pid, uint64_t start_ticks)
{
	*f = (struct facts){ .started = -1, .rss_bytes = -1 };
	program(f, pid);
	user(f, pid);
	memory(f, pid);
	logfile(f, pid);
	if (start_ticks > 0)
		f->started = (time_t)(process_started(start_ticks) / SYS_NSEC);
}
