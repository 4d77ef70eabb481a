/* SPDX-License-Identifier: MIT */
#include "child.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int64_t child_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* The caller's environment with more in front; static, for one at a time. */
static char **environment(char *const *more)
{
	static char *all[4096];
	unsigned n = 0;

	while (*more != NULL)
		all[n++] = *more++;
	for (char **var = environ; *var != NULL && n < 4095; var++)
		all[n++] = *var;
	all[n] = NULL;
	return all;
}

pid_t child_spawn(char *const *argv, char *const *env)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int error;

	posix_spawn_file_actions_init(&actions);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environment(env));
	posix_spawn_file_actions_destroy(&actions);
	if (error != 0)
		errx(69, "%s: %s", argv[0], strerror(error));
	return pid;
}

/* Orphans are collected meanwhile: under a pid 1 that is slow at it, a peer
 * would count a zombie as running. */
int child_finish(pid_t pid)
{
	int status;
	pid_t ended;

	while ((ended = waitpid(-1, &status, 0)) != pid)
		if (ended < 0 && errno != EINTR)
			err(71, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void collect(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

int child_run(char *const *argv, char *const *env)
{
	return child_finish(child_spawn(argv, env));
}

int child_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int child_gone(int pidfd, int ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return pidfd < 0 || poll(&p, 1, ms) > 0;
}

void child_end(pid_t pid)
{
	int pidfd = child_open(pid);

	if (pidfd < 0)
		return;
	(void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	(void)child_gone(pidfd, CHILD_MS);
	(void)close(pidfd);
	collect();
}
