/* SPDX-License-Identifier: MIT */
#include "pidfile/evidence.h"

#include "base/process.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define GRACE (2 * SYS_NSEC) /* file systems with whole, or even, seconds */

const char *evidence_name(enum evidence_kind kind)
{
	static const char *const names[] = {
		[EVIDENCE_NONE] = "none",   [EVIDENCE_LOCK] = "lock",   [EVIDENCE_FLOCK] = "flock",
		[EVIDENCE_STAMP] = "stamp", [EVIDENCE_CLOCK] = "clock",
	};

	return names[kind];
}

static int64_t stamp_of(uint64_t start_ticks)
{
	return (int64_t)(start_ticks % (uint64_t)SYS_NSEC);
}

int64_t evidence_stamp(int64_t now, uint64_t start_ticks)
{
	int64_t second = now - now % SYS_NSEC, stamp = second + stamp_of(start_ticks);

	return stamp > now ? stamp : stamp + SYS_NSEC;
}

int evidence_is_stamped(const struct sys_stat *file)
{
	return file->mtime > file->ctime;
}

int evidence_fits(const struct sys_stat *file, uint64_t start_ticks)
{
	return evidence_is_stamped(file) && file->mtime % SYS_NSEC == stamp_of(start_ticks);
}

/* Start times are counted by the clock of the reader's time namespace. */
static int same_time_namespace(pid_t pid)
{
	char ours[64], its[64];
	ssize_t a = process_link(sys_getpid(), "ns/time", ours, sizeof ours);
	ssize_t b = process_link(pid, "ns/time", its, sizeof its);

	return a <= 0 || b <= 0 || strcmp(ours, its) == 0;
}

static void judge_by_clock(const struct sys_stat *file, const struct process_stat *stat,
                           struct evidence *out)
{
	if (file->mtime > sys_clock(CLOCK_REALTIME) + GRACE)
		return; /* a time in the future proves nothing */
	if (stat->started > file->mtime + GRACE)
		out->against = "the pid has been taken by a younger process";
	else
		out->kind = EVIDENCE_CLOCK;
}

/* Threads have numbers of the same kind, and directories in /proc. */
static int is_thread(pid_t pid)
{
	int pidfd = sys_pidfd_open(pid);

	sys_close(pidfd);
	return pidfd == -EINVAL || pidfd == -ENOENT; /* the latter from Linux 6.16 on */
}

static void judge_by_time(pid_t pid, const struct sys_stat *file, struct evidence *out)
{
	struct process_stat stat;
	int known = process_stat(pid, &stat) == 0;

	if (known ? stat.ended : sys_kill(pid, 0) == -ESRCH)
		out->against = "the daemon is gone";
	else if (is_thread(pid))
		out->against = "the number is a thread's, not a process's";
	else if (!known)
		return;
	else if (stat.kernel)
		out->against = "the pid is a kernel thread's";
	else if (evidence_fits(file, stat.start_ticks) && stat.ending)
		out->is_ending = 1;
	else if (evidence_fits(file, stat.start_ticks))
		out->kind = EVIDENCE_STAMP;
	else if (evidence_is_stamped(file) && same_time_namespace(pid))
		out->against = "the pid has been taken by another process";
	else
		judge_by_clock(file, &stat, out);
}

void evidence_judge(int fd, const struct sys_stat *file, pid_t pid, struct evidence *out)
{
	*out = (struct evidence){ .kind = EVIDENCE_NONE };
	locks_look(fd, file, pid, &out->record, &out->flock);
	if (pid <= 0)
		return;
	if (out->record.holder == pid)
		out->kind = EVIDENCE_LOCK;
	else if (out->flock.holder == pid)
		out->kind = EVIDENCE_FLOCK;
	else
		judge_by_time(pid, file, out);
}
