/* SPDX-License-Identifier: MIT */
#include "pidfile/evidence.h"

#include "base/process.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define GRACE (2 * SYS_NSEC) /* for file systems that store times in steps of 1 or 2 seconds */
#define STAMP_LEAST (SYS_NSEC / 2) /* a stamp is set at least this far ahead of the clock, */
#define STAMP_MOST (2 * SYS_NSEC)  /* and at most this far after the status change time */

const char *evidence_name(enum evidence_kind kind)
{
	static const char *const names[] = {
		[EVIDENCE_NONE] = "none",   [EVIDENCE_LOCK] = "lock",   [EVIDENCE_FLOCK] = "flock",
		[EVIDENCE_STAMP] = "stamp", [EVIDENCE_CLOCK] = "clock",
	};

	return names[kind];
}

/* ---- the stamp */

/* Returns a number for this boot; 0: unknown. Start times count from the boot, so a
 * pid file that has survived a reboot could name a process that started as many
 * ticks after the new one. */
static uint64_t boot(void)
{
	char id[36 + 1]; /* exactly the id's length, so that one read(2) is enough */
	uint64_t hash = 14695981039346656037u;
	ssize_t n = sys_read_file("/proc/sys/kernel/random/boot_id", id, sizeof id);

	for (ssize_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)id[i]) * 1099511628211u;
	return n > 0 ? hash % (SYS_NSEC - 1) : 0;
}

/* Never 0, to which a file system that stores whole seconds rounds every time. */
static int64_t nanoseconds(uint64_t start_ticks, uint64_t boot_number)
{
	return 1 + (int64_t)((start_ticks % (SYS_NSEC - 1) + boot_number) % (SYS_NSEC - 1));
}

/* Was the modification time set, as that of a stamp is? */
static int is_set(const struct sys_stat *file)
{
	return file->mtime > file->ctime && file->mtime <= file->ctime + STAMP_MOST;
}

/* Can others write the file? Then they could produce a matching time by chance,
 * with about 10^9 writes. */
static int others_write(const struct sys_stat *file)
{
	return (file->mode & (S_IWGRP | S_IWOTH)) != 0;
}

void evidence_stamp(int fd, pid_t pid)
{
	struct process_stat stat;
	struct sys_stat after;
	int64_t now, time;

	if (process_stat(pid, &stat) < 0)
		return;
	now = sys_clock(CLOCK_REALTIME) + STAMP_LEAST;
	time = now - now % SYS_NSEC + nanoseconds(stat.start_ticks, boot());
	if (time < now)
		time += SYS_NSEC;
	if (sys_set_mtime(fd, time) == 0 && sys_fstat(fd, &after) == 0 && after.mtime != time)
		(void)sys_set_mtime(fd, sys_clock(CLOCK_REALTIME));
}

/* ---- judgement by time */

/* Start times in /proc are relative to the reader's time namespace. */
static int same_time_namespace(pid_t pid)
{
	char ours[64], its[64];
	ssize_t a = process_link(sys_getpid(), "ns/time", ours, sizeof ours);
	ssize_t b = process_link(pid, "ns/time", its, sizeof its);

	return a <= 0 || b <= 0 || strcmp(ours, its) == 0;
}

enum stamp { STAMP_NONE, STAMP_FITS, STAMP_OTHER };

/* A launcher that cannot read the boot id stamps with 0 in its place. A file that
 * was renamed or given another mode since (its ctime is later) can still be seen to
 * match. */
static enum stamp compare(const struct sys_stat *file, pid_t pid, uint64_t start_ticks)
{
	const uint64_t number = boot();
	const int64_t part = file->mtime % SYS_NSEC;

	if (!is_set(file) && others_write(file))
		return STAMP_NONE;
	if (part == nanoseconds(start_ticks, number) || part == nanoseconds(start_ticks, 0))
		return STAMP_FITS;
	return is_set(file) && number != 0 && same_time_namespace(pid) ? STAMP_OTHER : STAMP_NONE;
}

/* Thread ids share the numbers of pids, and have directories in /proc, too. */
static int is_thread(pid_t pid)
{
	int pidfd = sys_pidfd_open(pid);

	sys_close(pidfd);
	return pidfd == -EINVAL || pidfd == -ENOENT; /* -ENOENT from Linux 6.16 on */
}

static void judge_by_clock(pid_t pid, const struct sys_stat *file, const struct process_stat *stat,
                           struct evidence *out)
{
	const int64_t started = process_started(stat->start_ticks);

	if (is_thread(pid))
		out->against = "the number is a thread's, not a process's";
	else if (started == 0 || file->mtime > sys_clock(CLOCK_REALTIME) + GRACE)
		return; /* a time in the future proves nothing */
	else if (started > file->mtime + GRACE)
		out->against = "the pid has been taken by a younger process";
	else
		out->kind = EVIDENCE_CLOCK;
}

/* Returns whether the verdict is final, whoever holds a lock. */
static int judge_by_time(pid_t pid, const struct sys_stat *file, struct evidence *out)
{
	struct process_stat stat;
	int known = process_stat(pid, &stat) == 0;
	enum stamp stamp;

	if (known)
		out->start_ticks = stat.start_ticks;
	if (known ? stat.ended : sys_kill(pid, 0) == -ESRCH)
		out->against = "the daemon is gone";
	else if (!known)
		return out->is_unseen = sys_kill(pid, 0) == 0, 0; /* else another user's process */
	else if (stat.kernel)
		out->against = "the pid is a kernel thread's";
	else if ((stamp = compare(file, pid, stat.start_ticks)) == STAMP_OTHER)
		out->against = "the pid has been taken by another process";
	else if (stamp == STAMP_NONE)
		return judge_by_clock(pid, file, &stat, out), 0;
	else if (stat.ending)
		out->is_ending = 1;
	else
		out->kind = EVIDENCE_STAMP;
	return 1;
}

void evidence_judge_unlocked(const struct sys_stat *file, pid_t pid, struct evidence *out)
{
	*out = (struct evidence){ .kind = EVIDENCE_NONE };
	if (pid > 0)
		(void)judge_by_time(pid, file, out);
}

void evidence_judge(int fd, const struct sys_stat *file, pid_t pid, struct evidence *out)
{
	pid_t holder;
	int stands;

	*out = (struct evidence){ .kind = EVIDENCE_NONE };
	stands = pid > 0 && judge_by_time(pid, file, out);
	if (out->kind == EVIDENCE_STAMP) {
		if (sys_lock_holder(fd, F_WRLCK, &holder) > 0 && holder == pid)
			out->kind = EVIDENCE_LOCK;
		return;
	}
	locks_look(fd, file, pid, &out->record, &out->flock);
	if (pid <= 0 || stands)
		return;
	if (out->record.holder == pid)
		out->kind = EVIDENCE_LOCK;
	else if (out->flock.holder == pid)
		out->kind = EVIDENCE_FLOCK;
}
