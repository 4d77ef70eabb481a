/* SPDX-License-Identifier: MIT */
#include "spawn/getent.h"

#include "base/sys.h"
#include "spawn/reset.h"

#include <errno.h>
#include <sched.h>
#include <sys/wait.h>

#define SECONDS 25 /* limit for a directory service that does not answer */

/* Exit statuses: getent(1)'s, and two of our own, if it could not be executed. */
enum { FOUND = 0, MISUSED = 1, NOT_FOUND = 2, ABSENT = 125, NOT_EXECUTED = 126 };

struct question {
	const char *database, *key;
	struct reset_descriptors fds;
	int error; /* errno of the child, which shares this memory until exec */
};

static int run(void *arg)
{
	struct question *q = arg;
	const char *const argv[] = { "getent", q->database, q->key, NULL };
	const char *const envp[] = { "PATH=/usr/bin:/bin", NULL };
	int r;

	reset_signals(SYS_SIGNALS_ALL);
	sys_alarm(SECONDS);
	r = reset_descriptors(&q->fds);
	if (r == 0)
		r = sys_execve("/usr/bin/getent", (char *const *)argv, (char *const *)envp);
	if (r == -ENOENT)
		r = sys_execve("/bin/getent", (char *const *)argv, (char *const *)envp);
	q->error = -r;
	sys_exit(r == -ENOENT || r == -EACCES ? ABSENT : NOT_EXECUTED);
}

/* Starts getent. Returns the descriptor from which to read its output, or -errno. */
static int start(struct question *q, pid_t *pid)
{
	void *stack = sys_stack_new();
	int ends[2], answer, r = stack != NULL ? sys_pipe(ends, O_CLOEXEC) : -ENOMEM;

	if (r < 0) {
		sys_stack_free(stack);
		return r;
	}
	/* Keep them off 0 to 2, where the child puts its standard descriptors. */
	answer = sys_raise(ends[0]);
	q->fds.out = sys_raise(ends[1]);
	q->fds.in = q->fds.err = sys_raise(sys_open("/dev/null", O_RDWR | O_CLOEXEC, 0));
	r = answer < 0 ? answer : q->fds.out < 0 ? q->fds.out : q->fds.in;
	if (r >= 0)
		r = (int)sys_clone(run, stack, CLONE_VM | CLONE_VFORK | SIGCHLD, q, NULL, NULL);
	*pid = r;
	sys_close(q->fds.out);
	sys_close(q->fds.in);
	sys_stack_free(stack);
	if (r >= 0)
		return answer;
	sys_close(answer);
	return r;
}

/* Waits for getent. Returns 0, or -errno. */
static int ending(const struct question *q, pid_t pid)
{
	int status;

	if (sys_waitpid(pid, &status, 0) != pid)
		return 0; /* our caller ignores SIGCHLD, so the kernel has reaped it */
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGALRM ? -ETIMEDOUT : -EIO;
	switch (WEXITSTATUS(status)) {
	case FOUND:
		return 0;
	case NOT_FOUND:
		return -ENOENT;
	case MISUSED:
	case ABSENT:
		return -ENOSYS;
	default:
		return q->error != 0 ? -q->error : -EIO;
	}
}

int getent_ask(const char *database, const char *key, getent_reader *reader, void *out)
{
	struct question q = { .database = database, .key = key };
	struct scan answer;
	pid_t pid;
	int fd = start(&q, &pid), r, end;

	if (fd < 0)
		return fd;
	scan_begin(&answer, fd);
	r = reader(&answer, out);
	while (scan_line(&answer) != NULL)
		; /* read to EOF, or getent may be killed by SIGPIPE */
	scan_close(&answer);
	end = ending(&q, pid);
	return end < 0 ? end : r;
}
