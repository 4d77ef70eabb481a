/* SPDX-License-Identifier: MIT */
#include "start.h"

#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HANGS_NS 10000000000ull
#define NAP_NS 100000
#define CHILDREN 16

uint64_t start_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void nap(void)
{
	const struct timespec time = { .tv_nsec = NAP_NS };

	(void)nanosleep(&time, NULL);
}

static void empty(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd >= 0)
		(void)close(fd);
}

void start_begin(struct start *s, const struct scene *scene)
{
	posix_spawn_file_actions_t files;

	*s = (struct start){ .scene = scene };
	empty(START_MAINS);
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDWR, 0);
	(void)posix_spawn_file_actions_addopen(&files, 1, START_OUTPUT,
	                                       O_WRONLY | O_CREAT | O_TRUNC, 0644);
	(void)posix_spawn_file_actions_adddup2(&files, 1, 2);
	errno = posix_spawn(&s->launcher, scene->argv[0], &files, NULL, (char *const *)scene->argv,
	                    (char *const *)scene->envp);
	if (errno != 0) {
		perror(scene->argv[0]);
		exit(2);
	}
	(void)posix_spawn_file_actions_destroy(&files);
	s->began_ns = start_now();
}

/* ---- who is there */

/* The children of pid, 0-terminated. */
static void list_children(pid_t pid, pid_t children[CHILDREN + 1])
{
	char path[64], text[512], *at = text, *end;
	int count = 0, fd;
	ssize_t n;

	(void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	while (count < CHILDREN && (pid = (pid_t)strtol(at, &end, 10)) > 0 && end != at) {
		children[count++] = pid;
		at = end;
	}
	children[count] = 0;
}

static int lives(pid_t pid, struct process_stat *stat)
{
	return process_stat(pid, stat) == 0 && !stat->ended;
}

/* A child of the launcher: before setsid, in the launcher's session; after it
 * the leader of its own, which a daemon never is. */
static void add_child(pid_t pid, pid_t found[ROLES])
{
	pid_t grandchildren[CHILDREN + 1];
	struct process_stat stat;

	if (!lives(pid, &stat))
		return;
	if (stat.session != pid && stat.session != getsid(0)) {
		found[ROLE_DAEMON] = pid;
		return;
	}
	found[ROLE_MIDDLE] = pid;
	list_children(pid, grandchildren);
	if (grandchildren[0] != 0 && lives(grandchildren[0], &stat))
		found[ROLE_DAEMON] = grandchildren[0];
}

void start_find(const struct start *s, pid_t found[ROLES])
{
	pid_t children[CHILDREN + 1];
	struct process_stat stat;

	memset(found, 0, ROLES * sizeof *found);
	if (lives(s->launcher, &stat))
		found[ROLE_LAUNCHER] = s->launcher;
	list_children(s->launcher, children);
	for (int i = 0; children[i] != 0; i++)
		add_child(children[i], found);
	list_children(getpid(), children); /* orphans */
	for (int i = 0; children[i] != 0; i++)
		if (children[i] != s->launcher && lives(children[i], &stat))
			found[ROLE_DAEMON] = children[i];
}

/* ---- the end */

static int in_main(pid_t pid)
{
	char text[256], *at = text;
	int fd = open(START_MAINS, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;

	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (; *at != '\0'; at += strcspn(at, "\n") + 1)
		if (atoi(at) == pid)
			return 1;
	return 0;
}

static void reap(struct start *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == s->launcher) {
			s->wait_status = status;
			s->launcher = 0;
			s->took_ns = start_now() - s->began_ns;
		}
}

static int settled(struct start *s)
{
	pid_t children[CHILDREN + 1];

	if (s->launcher != 0)
		return 0;
	list_children(getpid(), children);
	for (int i = 0; children[i] != 0; i++)
		if (children[i] == s->killed || !in_main(children[i]))
			return 0;
	s->daemon = children[0];
	s->too_many = children[0] != 0 && children[1] != 0;
	return 1;
}

static void kill_children(int signal)
{
	pid_t children[CHILDREN + 1];

	list_children(getpid(), children);
	for (int i = 0; children[i] != 0; i++)
		(void)kill(children[i], signal);
}

void start_settle(struct start *s)
{
	for (;;) {
		reap(s);
		if (settled(s))
			return;
		if (start_now() - s->began_ns > HANGS_NS) {
			s->hung = 1;
			(void)start_end(s, SIGKILL);
			return;
		}
		nap();
	}
}

int start_end(struct start *s, int signal)
{
	const uint64_t began = start_now();

	kill_children(signal);
	for (;;) {
		const pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0)
			break;
		if (pid == 0)
			nap();
		if (start_now() - began > HANGS_NS)
			kill_children(SIGKILL);
	}
	s->daemon = 0;
	return start_now() - began > HANGS_NS ? -1 : 0;
}
