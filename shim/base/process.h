/* SPDX-License-Identifier: MIT */
/* process - facts about a process from /proc, any of which may be unavailable. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* Writes "/proc/PID/FILE" into out. */
#define PROCESS_PATH 64
void process_path(char out[PROCESS_PATH], pid_t pid, const char *file);

struct process_stat {
	char state; /* of the first thread: R S D Z T ... of proc(5) */
	int ended;  /* all its threads have exited; it may still be a zombie */
	int ending; /* it has ended, or is exiting */
	int kernel; /* a kernel thread */
	pid_t parent;
	pid_t session;
	int terminal; /* it has a controlling terminal */
	unsigned threads;
	long long worked_ms;  /* CPU time of all its threads */
	uint64_t start_ticks; /* start time, in ticks since boot: reveals a reused pid */
};

/* Reads /proc/PID/stat. Returns 0, or -errno (-ENOENT or -ESRCH: no such process,
 * or no /proc). */
int process_stat(pid_t pid, struct process_stat *out);

/* Parses the text of that file. Returns 0, or -ESRCH if it is cut off. HAZARD: a
 * process that is being reaped has -1 for its process group and session. */
int process_parse_stat(const char *text, struct process_stat *out);

/* Converts a start time to the current wall clock: nanoseconds since 1970, rounded
 * down to a tick; 0 if it is unknown. */
int64_t process_started(uint64_t start_ticks);

/* Reads the signal sets of /proc/PID/status, in which bit 0 is signal 1. Returns 0,
 * or -errno. */
struct process_signals {
	uint64_t blocked, ignored, caught;
};
int process_signals(pid_t pid, struct process_signals *out);

/* Sets *out to the signals that are pending for the process as a whole. Returns 0,
 * or -errno. */
int process_pending(pid_t pid, uint64_t *out);

/* Sets *state to a thread's state (R S D Z T ... of proc(5)) and *switches to its
 * number of context switches: while that does not change and the thread sleeps, it
 * has done nothing. A pid means the process's first thread. Returns 0, or -errno. */
int process_switches(pid_t thread, char *state, uint64_t *switches);

/* Sets the real and effective uid of a process. Returns 0, or -errno. */
int process_owner(pid_t pid, uid_t *real, uid_t *effective);

/* Reads the symbolic link /proc/PID/FILE into buf and terminates it. Returns its
 * length, or -errno. */
ssize_t process_link(pid_t pid, const char *file, char *buf, size_t size);

/* Has the process ended, or is it exiting? It loses its locks a moment before it is
 * seen to have ended. */
int process_ending(pid_t pid);

#endif
