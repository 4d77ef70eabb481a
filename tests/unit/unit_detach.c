/* SPDX-License-Identifier: MIT */
/* How a start ends when the copy does not do what it should, in memory of its
 * own and in the launcher's. */
#include "base/clock.h"
#include "base/sys.h"
#include "check.h"
#include "spawn/detach.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS 300

static int channel[2];

static void stops(void *arg)
{
	(void)arg;
	(void)sys_kill(sys_getpid(), SIGSTOP);
	sys_exit(9);
}

static void ends(void *arg)
{
	(void)arg;
	sys_exit(3);
}

static void executes(void *arg)
{
	static const char *argv[] = { "sleep", "1000", NULL };

	(void)arg;
	(void)sys_write(channel[1], "x", 1);
	(void)sys_execve("/bin/sleep", (char *const *)argv, (char *const *)(argv + 2));
	sys_exit(127);
}

static int start(struct detach *d, void (*body)(void *), int own_memory)
{
	*d = (struct detach){ .body = body };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0)
		return -1;
	*d = (struct detach){ .body = body,
		              .own_memory = own_memory,
		              .heard_fd = channel[0],
		              .close_in_launcher = { &channel[1] },
		              .timeout_ms = TIMEOUT_MS };
	return detach_start(d);
}

/* Its new user may stop it before it has executed anything. */
static void a_copy_that_is_stopped_is_killed_in_time(int own_memory)
{
	long long began = clock_ms();
	struct detach d;

	CHECK_INT(0, start(&d, stops, own_memory), "stopped: result");
	CHECK(d.timed_out);
	CHECK(d.ended && WIFSIGNALED(d.wait_status) && WTERMSIG(d.wait_status) == SIGKILL);
	CHECK(clock_ms() - began >= TIMEOUT_MS);
	CHECK(kill(d.pid, 0) < 0);
	CHECK_INT(-1, channel[1], "stopped: the launcher's end of the copy's");
	(void)close(channel[0]);
	(void)close(d.pidfd);
}

static void a_copy_that_ends_says_how(int own_memory)
{
	struct detach d;

	CHECK_INT(0, start(&d, ends, own_memory), "ended: result");
	CHECK(!d.timed_out && d.ended);
	CHECK_INT(3, WEXITSTATUS(d.wait_status), "ended: status");
	(void)close(channel[0]);
	(void)close(d.pidfd);
}

static void a_copy_that_speaks_lives(int own_memory)
{
	struct detach d;
	int status;

	CHECK_INT(0, start(&d, executes, own_memory), "lives: result");
	CHECK(!d.timed_out && !d.ended);
	CHECK(getsid(d.pid) != getsid(0) && getsid(d.pid) != d.pid);
	detach_kill(&d);
	CHECK_INT(d.pid, waitpid(d.pid, &status, 0), "lives: waited for");
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	(void)close(channel[0]);
	(void)close(d.pidfd);
}

int main(void)
{
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (int own_memory = 0; own_memory < 2; own_memory++) {
		a_copy_that_is_stopped_is_killed_in_time(own_memory);
		a_copy_that_ends_says_how(own_memory);
		a_copy_that_speaks_lives(own_memory);
	}
	return check_status();
}
