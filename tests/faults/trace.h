/* SPDX-License-Identifier: MIT */
/* trace - runs a command and all that comes of it under ptrace(2), and lets
 * one system call of one of its processes fail, or kills the process there.
 * strace(1) could, but counts calls per process without a way to say which
 * of the processes is meant, and needs a process of its own for each point. */
#ifndef FAULTS_TRACE_H
#define FAULTS_TRACE_H

#include <sys/types.h>

/* Processes are told apart by the order in which they began: the launcher is
 * 0, the middle 1, the copy 2. */
#define TRACE_ROLES 12
#define TRACE_CALLS 600

/* Which call: the nth of its kind in a process, which another run finds again
 * even if it polls once less. The dynamic linker's do not count. */
struct trace_point {
	int role; /* -1: none */
	long number;
	int nth;   /* from 1 */
	int error; /* an errno, or 0: kill the process */
};

struct trace_process {
	pid_t pid;
	int alive;
	int began; /* it is in its own main by now */
	int wait_status;
	int calls; /* how many so far */
	long numbers[TRACE_CALLS];
};

struct trace {
	const char *const *argv;
	const char *const *envp;
	struct trace_point point;
	int all_of_copies; /* count the dynamic linker's calls in processes but the first */
	int seen;          /* how many of the point's kind */
	int reached;       /* it has been made to fail */
	int hung;
	int roles; /* how many processes there have been */
	struct trace_process processes[TRACE_ROLES];
};

/* Starts the command, with stdout and stderr in the files out and err. */
void trace_start(struct trace *t);

/* Runs until the first process has ended and each other one has ended or is
 * in its own main, for which it has three seconds after the first has ended;
 * then sets t->hung. */
void trace_settle(struct trace *t);

/* Ends what still lives by a signal, and waits for it; KILL after a while. */
void trace_end(struct trace *t, int signal);

/* How many are alive. */
int trace_alive(const struct trace *t);

#endif
