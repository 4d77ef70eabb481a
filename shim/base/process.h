/* SPDX-License-Identifier: MIT */
/* process - what /proc knows of a process. All of it may be missing. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* Writes "/proc/PID/FILE". */
#define PROCESS_PATH 64
void process_path(char out[PROCESS_PATH], pid_t pid, const char *file);

struct process_stat {
	char state; /* R S D Z T ... of proc(5), of its first thread */
	int ended;  /* all of it has, though it is still to be waited for */
	int ending; /* it has ended, or does nothing more than that */
	int kernel; /* a thread of the kernel's */
	pid_t parent;
	pid_t session;
	int terminal; /* its session has one */
	unsigned threads;
	long long worked_ms;  /* on processors, all its threads */
	uint64_t start_ticks; /* clock ticks since boot: tells processes apart */
};

/* The facts of /proc/PID/stat. Returns 0, or -errno (ENOENT or ESRCH:
 * no such process, or no /proc). */
int process_stat(pid_t pid, struct process_stat *out);

/* When it started, by the wall clock as it goes now: nanoseconds since 1970,
 * rounded down to the tick; 0 if that cannot be told. */
int64_t process_started(const struct process_stat *stat);

/* Signal sets of /proc/PID/status, one bit a signal, bit 0 for signal 1.
 * 0, or -errno. */
struct process_signals {
	uint64_t blocked, ignored, caught;
};
int process_signals(pid_t pid, struct process_signals *out);

/* The signals that were sent to the process, and that none of its threads has
 * taken yet; 0, or -errno. */
int process_pending(pid_t pid, uint64_t *out);

/* What a thread does (R S D Z T ... of proc(5)), and how often it has been taken off a
 * processor: while that stays and it sleeps, it has done nothing. Of the first thread with
 * the process's pid. 0, or -errno. */
int process_switches(pid_t thread, char *state, uint64_t *switches);

/* Real and effective user of a process; 0, or -errno. */
int process_owner(pid_t pid, uid_t *real, uid_t *effective);

/* The text of the link /proc/PID/FILE, terminated; its length, or -errno. */
ssize_t process_link(pid_t pid, const char *file, char *buf, size_t size);

/* Is it gone, or about to be? A process drops its locks a moment before it can
 * be seen to have ended. */
int process_ending(pid_t pid);

#endif
