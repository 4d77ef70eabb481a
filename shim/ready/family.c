/* SPDX-License-Identifier: MIT */
#include "ready/family.h"

#include "base/process.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/scan.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>

#define CHILDREN_PATH 40

/* ---- the children of a process */

typedef void use_child(struct family *f, pid_t child);

/* Calls use for each child of one thread, listed as "PID PID PID ". A number
 * without a blank behind it was cut off, and is ignored. Returns 0, or -errno. */
static int read_children(struct family *f, pid_t pid, const char *thread, use_child *use)
{
	char path[PROCESS_PATH], what[CHILDREN_PATH], number[16];
	struct scan children;
	struct text t;
	long long child;
	int r;

	text_begin(&t, what, sizeof what);
	text_str(&t, "task/");
	text_str(&t, thread);
	text_str(&t, "/children");
	process_path(path, pid, what);
	r = scan_open(&children, path);
	if (r < 0)
		return r;
	while (scan_field(&children, " ", number, sizeof number) != '\0')
		if (text_number(number, 1, INT_MAX, &child) == 0)
			use(f, (pid_t)child);
	scan_close(&children);
	return 0;
}

/* Calls use for each child of pid, thread by thread: a child is listed with the
 * thread that has created it. Returns 0, or -errno. */
static int each_child(struct family *f, pid_t pid, unsigned threads, use_child *use)
{
	char path[PROCESS_PATH];
	struct scan tasks;
	const char *thread;
	struct text t;
	int r;

	if (threads == 1) {
		text_begin(&t, path, sizeof path);
		text_num(&t, pid);
		return read_children(f, pid, path, use);
	}
	process_path(path, pid, "task");
	r = scan_open(&tasks, path);
	if (r < 0)
		return r;
	r = -ENOENT;
	while ((thread = scan_entry(&tasks)) != NULL)
		if (read_children(f, pid, thread, use) == 0)
			r = 0; /* a thread that has no list may just have ended */
	scan_close(&tasks);
	return r;
}

/* ---- who belongs to the family */

static const struct kin *search(const struct kin *kin, unsigned count, pid_t pid)
{
	for (unsigned i = 0; i < count; i++)
		if (kin[i].pid == pid)
			return &kin[i];
	return NULL;
}

/* The member as the previous look has found it, or NULL. */
static const struct kin *earlier(const struct family *f, pid_t pid, uint64_t began)
{
	const struct kin *kin = search(f->before, f->count_before, pid);

	return kin != NULL && kin->began == began ? kin : NULL;
}

/* Is this child of the launcher the first process, or an orphan of the family? */
static int is_ours(const struct family *f, pid_t pid, const struct process_stat *child)
{
	if (pid == f->first)
		return 1;
	for (int i = 0; i < 2; i++)
		if (f->loggers[i] > 0 &&
		    (pid == f->loggers[i] || child->session == sys_getsid(f->loggers[i])))
			return 0;
	if (child->start_ticks < f->began)
		return 0;
	return !f->strangers || child->session == f->session ||
	       earlier(f, pid, child->start_ticks) != NULL;
}

static void add(struct family *f, pid_t pid)
{
	struct process_stat stat;
	const struct kin *before;

	if (f->count == FAMILY_MAX || process_stat(pid, &stat) < 0 ||
	    search(f->kin, f->count, pid) != NULL)
		return;
	if (stat.parent == f->launcher && !is_ours(f, pid, &stat))
		return;
	before = earlier(f, pid, stat.start_ticks);
	f->kin[f->count++] = (struct kin){ .pid = pid,
		                           .began = stat.start_ticks,
		                           .parent = stat.parent,
		                           .session = stat.session,
		                           .threads = stat.threads,
		                           .worked_ms = stat.worked_ms,
		                           .ended = stat.ended,
		                           .asked = before != NULL && before->asked };
}

/* If the kernel does not list children: reads all of /proc for processes whose
 * parent is the launcher or a member, until a pass finds no more. */
static void look_through_all(struct family *f)
{
	struct scan processes;
	const char *name;
	unsigned before;

	do {
		before = f->count;
		if (scan_open(&processes, "/proc") < 0)
			return;
		while ((name = scan_entry(&processes)) != NULL) {
			struct process_stat stat;
			long long pid;

			if (text_number(name, 1, INT_MAX, &pid) == 0 &&
			    process_stat((pid_t)pid, &stat) == 0 &&
			    (stat.parent == f->launcher ||
			     search(f->kin, f->count, stat.parent) != NULL))
				add(f, (pid_t)pid);
		}
		scan_close(&processes);
	} while (f->count > before);
}

/* ---- interface */

static void count_stranger(struct family *f, pid_t child)
{
	struct process_stat stat;

	if (child != f->loggers[0] && child != f->loggers[1] && process_stat(child, &stat) == 0 &&
	    !stat.ended)
		f->strangers = 1;
}

int family_begin(struct family *f, const pid_t loggers[2])
{
	memset(f, 0, sizeof *f);
	f->launcher = sys_getpid();
	memcpy(f->loggers, loggers, sizeof f->loggers);
	f->kin = sys_allocate((size_t)2 * FAMILY_MAX * sizeof *f->kin);
	if (f->kin == NULL)
		return -ENOMEM;
	f->before = f->kin + FAMILY_MAX;
	f->no_lists = each_child(f, f->launcher, 0, count_stranger) == -ENOENT;
	if (f->no_lists) {
		siginfo_t child = { .si_pid = 0 };

		f->strangers = sys_waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0;
	}
	return 0;
}

void family_start(struct family *f, pid_t first)
{
	struct process_stat stat;

	f->first = first;
	f->session = sys_getsid(first);
	f->began = process_stat(first, &stat) == 0 ? stat.start_ticks : 0;
}

void family_look(struct family *f)
{
	struct kin *kin = f->before;

	f->before = f->kin;
	f->count_before = f->count;
	f->kin = kin;
	f->count = 0;
	if (f->no_lists) {
		look_through_all(f);
		return;
	}
	(void)each_child(f, f->launcher, 0, add);
	for (unsigned i = 0; i < f->count; i++)
		if (!f->kin[i].ended)
			(void)each_child(f, f->kin[i].pid, f->kin[i].threads, add);
}

const struct kin *family_find(const struct family *f, pid_t pid)
{
	return search(f->kin, f->count, pid);
}

int family_is_root(const struct family *f, const struct kin *kin)
{
	return kin->parent == f->launcher && !kin->ended;
}

int family_ended(pid_t child, int *wait_status)
{
	siginfo_t info = { .si_pid = 0 };
	int r = sys_waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT);

	if (r < 0 || info.si_pid != child)
		return r;
	*wait_status = info.si_code == CLD_EXITED   ? info.si_status << 8
	               : info.si_code == CLD_DUMPED ? info.si_status | 0x80
	                                            : info.si_status;
	return 1;
}

pid_t family_reap(const struct family *f, int *wait_status)
{
	for (unsigned i = 0; i < f->count; i++) {
		const struct kin *kin = &f->kin[i];

		if (kin->parent == f->launcher && kin->ended && kin->pid != f->first &&
		    sys_waitpid(kin->pid, wait_status, WNOHANG) == kin->pid)
			return kin->pid;
	}
	return 0;
}
