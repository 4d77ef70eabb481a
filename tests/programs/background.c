/* SPDX-License-Identifier: MIT */
/* background WAY [FILE]: puts itself in the background in one of the ways that programs
 * have (below), or fails to; who stays writes its pid to FILE and goes at TERM. */
#include "args.h"
#include "say.h"
#include "stay.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *file;
static char **own_argv;
extern char **environ;

/* ---- who stays */

static void note_pid(void)
{
	if (file == NULL)
		return;
	say("%ld\n", (long)getpid());
	(void)say_to(file);
}

static void stay(void)
{
	stay_begin();
	note_pid();
	stay_until_term();
	_exit(0);
}

static void listen_somewhere(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 5) < 0)
		_exit(9);
}

/* ---- steps */

/* In the parent the child's pid, in the child 0. */
static pid_t forked(void)
{
	pid_t pid = fork();

	if (pid < 0)
		_exit(71);
	return pid;
}

static void leave_to_child(void)
{
	if (forked() > 0)
		exit(0);
	(void)setsid();
}

static void start_workers(int count)
{
	for (int i = 0; i < count; i++)
		if (forked() == 0) {
			for (int fd = 3; fd < 20; fd++)
				(void)close(fd);
			stay_begin();
			while (getppid() > 1 && !stay_for(50))
				;
			_exit(0);
		}
}

static void close_all(void)
{
	for (int fd = 0; fd < 1100; fd++)
		(void)close(fd);
	(void)open("/dev/null", O_RDWR);
	(void)dup(0);
	(void)dup(0);
}

static void ended(pid_t pid, int status)
{
	int got;

	if (waitpid(pid, &got, 0) == pid)
		exit(WIFEXITED(got) ? WEXITSTATUS(got) : status);
	exit(status);
}

static void on_signal(int number)
{
	(void)number;
	_exit(0);
}

/* ---- the ways */

static void with_daemon(void)
{
	if (daemon(1, 1) < 0)
		_exit(71);
}

static void single_exit(void)
{
	if (forked() > 0)
		_exit(0);
	(void)setsid();
}

static void no_session(void)
{
	if (forked() > 0)
		exit(0);
}

static void listens_before(void)
{
	listen_somewhere();
	leave_to_child();
}

static void listens_late(void)
{
	leave_to_child();
	stay_sleep(5);
	listen_somewhere();
}

static void twice(void)
{
	leave_to_child();
	leave_to_child();
}

static void twice_waited_for(void)
{
	pid_t pid = forked();

	if (pid > 0)
		ended(pid, 70);
	(void)setsid();
	leave_to_child();
}

static void three_times(void)
{
	leave_to_child();
	leave_to_child();
	leave_to_child();
}

static void by_pipe(void)
{
	int ends[2];
	char c;

	if (pipe(ends) < 0)
		_exit(71);
	if (forked() > 0) {
		(void)close(ends[1]);
		exit(read(ends[0], &c, 1) == 1 ? 0 : 70);
	}
	(void)setsid();
	stay_sleep(100);
	(void)!write(ends[1], "r", 1);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void by_signal(void)
{
	(void)signal(SIGUSR1, on_signal);
	if (forked() > 0)
		for (;;)
			(void)pause();
	(void)signal(SIGUSR1, SIG_DFL);
	(void)setsid();
	stay_sleep(100);
	(void)kill(getppid(), SIGUSR1);
}

/* The first looks now and then whether the second has failed. */
static void watched(void)
{
	pid_t pid = forked();
	int status;

	if (pid > 0) {
		for (int i = 0; i < 10; i++, stay_sleep(20))
			if (waitpid(pid, &status, WNOHANG) == pid)
				exit(70);
		exit(0);
	}
	(void)setsid();
}

static void closes_all(void)
{
	leave_to_child();
	close_all();
}

static void closes_all_before(void)
{
	close_all();
	leave_to_child();
}

static void executes_itself(const char *way)
{
	own_argv[1] = (char *)way;
	(void)execve("/proc/self/exe", own_argv, environ);
	_exit(71);
}

static void executes_in_the_end(void)
{
	leave_to_child();
	executes_itself("stay");
}

static void executes_first(void)
{
	executes_itself("double");
}

static void helped(void)
{
	if (system("exit 0") != 0)
		_exit(70);
	leave_to_child();
	if (system("exit 0") != 0)
		_exit(70);
}

static void raw_clone(void)
{
	if (syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L) > 0)
		_exit(0);
	(void)setsid();
}

static void workers_early(void)
{
	int ends[2];
	char c;

	if (pipe(ends) < 0)
		_exit(71);
	if (forked() > 0) {
		(void)close(ends[1]);
		(void)!read(ends[0], &c, 1);
		exit(0);
	}
	(void)setsid();
	start_workers(2);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* They do not look whether their master lives. */
static void workers_stay(void)
{
	leave_to_child();
	for (int i = 0; i < 2; i++)
		if (forked() == 0) {
			stay_begin();
			stay_until_term();
			_exit(0);
		}
}

static void workers_late(void)
{
	leave_to_child();
	stay_sleep(20);
	start_workers(2);
}

static void spawned(void)
{
	pid_t pid;

	own_argv[1] = (char *)"session";
	if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, own_argv, environ) != 0)
		_exit(71);
	exit(0);
}

static void in_session(void)
{
	(void)setsid();
}

/* Work that leaves no rest before it. */
static void works_first(void)
{
	for (int i = 0; i < 120; i++)
		stay_sleep(1);
	leave_to_child();
}

static void through_a_helper_that_stays_a_while(void)
{
	if (forked() == 0) {
		stay_sleep(300);
		_exit(0);
	}
	leave_to_child();
}

/* ---- the ways to fail */

static void foreground(void)
{
}

static void first_fails(void)
{
	if (forked() > 0) {
		stay_sleep(5);
		exit(3);
	}
	(void)setsid();
}

static void second_fails(void)
{
	leave_to_child();
	stay_sleep(5);
	fprintf(stderr, "background: cannot go on\n");
	exit(4);
}

static void nothing_left(void)
{
	leave_to_child();
	exit(0);
}

static void two_left(void)
{
	if (forked() == 0) {
		(void)setsid();
		stay();
	}
	leave_to_child();
}

/* After a rest: nothing tells that it is not the end. */
static void twice_with_a_rest(void)
{
	leave_to_child();
	stay_sleep(300);
	leave_to_child();
}

static const struct {
	const char *name;
	void (*go)(void);
} ways[] = {
	{ "daemon", with_daemon },
	{ "exit", leave_to_child },
	{ "_exit", single_exit },
	{ "no-session", no_session },
	{ "listens-before", listens_before },
	{ "listens-late", listens_late },
	{ "double", twice },
	{ "double-waited", twice_waited_for },
	{ "triple", three_times },
	{ "pipe", by_pipe },
	{ "signal", by_signal },
	{ "watched", watched },
	{ "closes", closes_all },
	{ "closes-before", closes_all_before },
	{ "executes", executes_in_the_end },
	{ "executes-first", executes_first },
	{ "helped", helped },
	{ "clone", raw_clone },
	{ "workers-early", workers_early },
	{ "workers-late", workers_late },
	{ "workers-stay", workers_stay },
	{ "spawn", spawned },
	{ "works-first", works_first },
	{ "helper-stays", through_a_helper_that_stays_a_while },
	{ "foreground", foreground },
	{ "first-fails", first_fails },
	{ "second-fails", second_fails },
	{ "nothing-left", nothing_left },
	{ "two", two_left },
	{ "rests", twice_with_a_rest },
	/* what others execute */
	{ "stay", foreground },
	{ "session", in_session },
};

int main(int argc, char **argv)
{
	struct args args;
	const char *way;

	(void)argc;
	own_argv = argv;
	args_begin(&args, argv, "background WAY [FILE]");
	way = args_need(&args);
	file = args_or(&args, NULL);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].name, way) == 0) {
			ways[i].go();
			stay();
		}
	args_wrong(&args);
}
