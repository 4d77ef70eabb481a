/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include "calls.h"
#include "marks.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <linux/ptrace.h>
#include <time.h>
#include <unistd.h>

#define LINKER_SIZE 0x40000
#define SETTLE_MS 3000
#define RUN_MS 20000

#define FOLLOW                                                                                     \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |    \
	 PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC)

/* What only the tracer needs to know of a process; same index. */
static struct private
{
	int fresh; /* its first stop, by SIGSTOP, is not the program's business */
	int counting;
	int failing; /* the errno to give at the end of this call */
	unsigned long linker;
}
privates[TRACE_ROLES];

static long long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_tick(int sig)
{
	(void)sig;
}

/* wait4 is to return every now and then. */
static void tick(void)
{
	const struct itimerval each = { { 0, 50000 }, { 0, 50000 } };
	struct sigaction act = { .sa_handler = on_tick };

	(void)sigaction(SIGALRM, &act, NULL);
	(void)setitimer(ITIMER_REAL, &each, NULL);
}

static void redirect(const char *path, int to)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(125);
}

void trace_start(struct trace *t)
{
	pid_t pid;

	memset(privates, 0, sizeof privates);
	memset(t->processes, 0, sizeof t->processes);
	t->reached = t->hung = t->seen = 0;
	tick();
	pid = fork();
	if (pid == 0) {
		const struct itimerval none = { { 0, 0 }, { 0, 0 } };

		(void)setitimer(ITIMER_REAL, &none, NULL);
		(void)signal(SIGALRM, SIG_DFL);
		redirect("out", STDOUT_FILENO);
		redirect("err", STDERR_FILENO);
		(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		(void)raise(SIGSTOP);
		(void)execve(t->argv[0], (char *const *)t->argv, (char *const *)t->envp);
		_exit(125);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || ptrace(PTRACE_SETOPTIONS, pid, NULL, FOLLOW) < 0) {
		perror("trace");
		exit(2);
	}
	t->roles = 1;
	t->processes[0] = (struct trace_process){ .pid = pid, .alive = 1 };
	(void)ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
}

static int find(struct trace *t, pid_t pid)
{
	for (int i = t->roles - 1; i >= 0; i--)
		if (t->processes[i].pid == pid)
			return i;
	return -1;
}

static int add(struct trace *t, pid_t pid)
{
	int role = t->roles;

	if (role == TRACE_ROLES)
		return -1;
	t->roles++;
	t->processes[role] = (struct trace_process){ .pid = pid, .alive = 1 };
	privates[role] = (struct private){ .fresh = 1, .counting = 1 };
	return role;
}

/* Where the dynamic linker begins, after an exec. */
static unsigned long linker_base(pid_t pid)
{
	unsigned long pair[2], base = 0;
	char path[40];
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d/auxv", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && read(fd, pair, sizeof pair) == (ssize_t)sizeof pair && pair[0] != AT_NULL)
		if (pair[0] == AT_BASE)
			base = pair[1];
	if (fd >= 0)
		(void)close(fd);
	return base;
}

/* ---- one stop */

static void set_call(pid_t pid, long number, long result, int at_exit)
{
#ifdef __x86_64__
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return;
	if (at_exit)
		regs.rax = (unsigned long)result;
	else
		regs.orig_rax = (unsigned long)number;
	(void)ptrace(PTRACE_SETREGS, pid, NULL, &regs);
#else
#error "this machine's registers are not known here"
#endif
}

/* Counts the call, and lets it fail if it is the one. */
static void enter(struct trace *t, int role, long number)
{
	struct trace_process *p = &t->processes[role];

	if (p->calls < TRACE_CALLS)
		p->numbers[p->calls++] = number;
	if (role != t->point.role || number != t->point.number || ++t->seen != t->point.nth)
		return;
	t->reached = 1;
	if (t->point.error == 0) {
		(void)kill(p->pid, SIGKILL);
		return;
	}
	privates[role].failing = t->point.error;
	if (!calls_done_anyway(number))
		set_call(p->pid, -1, 0, 0);
}

static void at_call(struct trace *t, int role)
{
	struct private *own = &privates[role];
	struct trace_process *p = &t->processes[role];
	struct ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, (void *)sizeof info, &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && own->failing != 0) {
		set_call(p->pid, 0, -own->failing, 1);
		own->failing = 0;
	}
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	if (info.entry.nr == SYS_getpgid && info.entry.args[0] >= MARK_BEGIN &&
	    info.entry.args[0] <= MARK_END) {
		own->counting = info.entry.args[0] == MARK_END;
		p->began |= info.entry.args[0] == MARK_READY;
	} else if (own->counting && !(own->linker != 0 && info.instruction_pointer >= own->linker &&
	                              info.instruction_pointer < own->linker + LINKER_SIZE)) {
		enter(t, role, calls_kind((long)info.entry.nr, info.entry.args[1]));
	}
}

static void after_exec(struct trace *t, int role)
{
	struct private *own = &privates[role];

	own->linker = role == 0 || !t->all_of_copies ? linker_base(t->processes[role].pid) : 0;
	/* without a dynamic linker, nothing of ours comes before main or after;
	 * but the first is a tool, and all of it ours */
	own->counting = role == 0 || linker_base(t->processes[role].pid) != 0;
	if (!own->counting && role > 0)
		t->processes[role].began = 1;
}

/* Returns the signal to go on with. */
static int at_stop(struct trace *t, int role, int status)
{
	int sig = WSTOPSIG(status);

	if (sig == (SIGTRAP | 0x80)) {
		at_call(t, role);
		return 0;
	}
	if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8)))
		after_exec(t, role);
	if (status >> 16 != 0)
		return 0;
	if (privates[role].fresh && sig == SIGSTOP) {
		privates[role].fresh = 0;
		return 0;
	}
	return sig;
}

static void step(struct trace *t)
{
	int status, role;
	pid_t pid = waitpid(-1, &status, __WALL);

	if (pid < 0)
		return;
	role = find(t, pid);
	if (role < 0 && WIFSTOPPED(status))
		role = add(t, pid);
	if (role < 0)
		return; /* an orphan that has been seen to end before */
	if (!WIFSTOPPED(status)) {
		t->processes[role].alive = 0;
		t->processes[role].wait_status = status;
		return;
	}
	status = at_stop(t, role, status);
	(void)ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)status);
}

/* ---- the whole */

int trace_alive(const struct trace *t)
{
	int alive = 0;

	for (int i = 0; i < t->roles; i++)
		alive += t->processes[i].alive;
	return alive;
}

static int settled(const struct trace *t)
{
	if (t->processes[0].alive)
		return 0;
	for (int i = 1; i < t->roles; i++)
		if (t->processes[i].alive && !t->processes[i].began)
			return 0;
	return 1;
}

void trace_settle(struct trace *t)
{
	long long until = now_ms() + RUN_MS;
	int over = 0;

	while (!settled(t)) {
		step(t);
		if (!over && !t->processes[0].alive) {
			over = 1;
			until = now_ms() + SETTLE_MS;
		}
		if (now_ms() > until) {
			t->hung = 1;
			return;
		}
	}
}

void trace_end(struct trace *t, int sig)
{
	long long until = now_ms() + SETTLE_MS;

	for (int i = 0; i < t->roles; i++)
		if (t->processes[i].alive)
			(void)kill(t->processes[i].pid, sig);
	while (trace_alive(t) > 0 && now_ms() < until)
		step(t);
	for (int i = 0; i < t->roles; i++)
		if (t->processes[i].alive)
			(void)kill(t->processes[i].pid, SIGKILL);
	while (trace_alive(t) > 0)
		step(t);
}
