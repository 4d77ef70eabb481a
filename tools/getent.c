/* SPDX-License-Identifier: MIT */
#include "getent.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX (4U << 20) /* a group of 400,000 members */

static int spawn(pid_t *pid, const posix_spawn_file_actions_t *actions, const char *database,
                 const char *key)
{
	static const char *const paths[] = { "/usr/bin/getent", "/bin/getent" };
	char *argv[] = { (char *)"getent", (char *)database, (char *)key, NULL };
	/* Nothing of the user's: not even its LD_PRELOAD. */
	char *envp[] = { (char *)"PATH=/usr/bin:/bin", NULL };
	posix_spawnattr_t attributes;
	sigset_t none;
	int error = ENOENT;

	if (posix_spawnattr_init(&attributes) != 0)
		return GETENT_FAILED;
	(void)sigemptyset(&none); /* a launcher blocks what would end it */
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	for (unsigned i = 0; i < sizeof paths / sizeof *paths && error == ENOENT; i++)
		error = posix_spawn(pid, paths[i], actions, &attributes, argv, envp);
	(void)posix_spawnattr_destroy(&attributes);
	if (error == 0)
		return GETENT_ANSWERED;
	return error == ENOENT || error == EACCES ? GETENT_ABSENT : GETENT_FAILED;
}

/* Starts it. Returns how that went, and the descriptor that its answer comes from. */
static int start(int *answer, pid_t *pid, const char *database, const char *key)
{
	posix_spawn_file_actions_t actions;
	int ends[2], started = GETENT_FAILED;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return GETENT_FAILED;
	if (posix_spawn_file_actions_init(&actions) == 0) {
		/* the pipe first: it could be any of the three */
		if (posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0 &&
		    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
		                                     0) == 0 &&
		    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
		                                     0) == 0)
			started = spawn(pid, &actions, database, key);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	(void)close(ends[1]);
	*answer = ends[0];
	if (started != GETENT_ANSWERED)
		(void)close(ends[0]);
	return started;
}

static int end_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) /* we ignore SIGCHLD: the kernel has reaped it */
			return GETENT_ANSWERED;
	return WIFEXITED(status) && WEXITSTATUS(status) <= GETENT_NOT_FOUND ? WEXITSTATUS(status)
	                                                                    : GETENT_FAILED;
}

/* From memory, for glibc's fgetpwent(3) wants to go back, as in a file. */
static int interpret(char *text, size_t size, getent_reader *reader, const char *key, void *out)
{
	FILE *file = size > 0 ? fmemopen(text, size, "r") : NULL;
	int r = -1;

	if (file != NULL) {
		r = reader(file, key, out);
		(void)fclose(file);
	}
	return r == 0 ? GETENT_ANSWERED : GETENT_FAILED;
}

int getent_ask(const char *database, const char *key, getent_reader *reader, void *out)
{
	char *text = malloc(ANSWER_MAX);
	ssize_t size;
	pid_t pid;
	int answer, end = GETENT_FAILED;

	if (text != NULL)
		end = start(&answer, &pid, database, key);
	if (end == GETENT_ANSWERED) {
		size = sys_read_all(answer, text, ANSWER_MAX);
		(void)close(answer);
		end = end_of(pid);
		if (end == GETENT_ANSWERED)
			end = interpret(text, size > 0 ? (size_t)size : 0, reader, key, out);
	}
	free(text);
	return end;
}
