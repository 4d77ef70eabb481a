/* SPDX-License-Identifier: MIT */
/* limit SECONDS COMMAND [ARG]...: as timeout(1), in a process group of its own;
 * but the seconds are those in which a processor was free for it: where four
 * times as many processes want to run as there are processors, a second counts
 * as a quarter. A busy machine makes a test slow, and not red. SECONDS 0 is for
 * ever.
 *
 * INT, TERM and HUP are handed on to the group, which has 5 s to end. Status
 * 124 when the time was over, 128 + N after signal N, else the command's. With 0,
 * INT and QUIT are at their default action, even in a shell's background job. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 250, GRACE_MS = 5000 };

static long processors;
static sigset_t watched;
static pid_t outside; /* the group of who has started us */

/* How much of a tick the command could have had, in milliseconds. */
static double tick_ms(void)
{
	const char *path = getenv("LIMIT_STAT"); /* a test's own */
	FILE *f = fopen(path != NULL ? path : "/proc/stat", "re");
	char line[4096];
	long running = 0;

	while (f != NULL && running == 0 && fgets(line, sizeof line, f) != NULL)
		sscanf(line, "procs_running %ld", &running);
	if (f != NULL)
		fclose(f);
	running--; /* that is us */
	return running > processors ? (double)TICK_MS * (double)processors / (double)running
	                            : TICK_MS;
}

/* The next signal, or 0 after a tick. */
static int next_signal(void)
{
	struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
	int sig = sigtimedwait(&watched, NULL, &tick);

	return sig > 0 ? sig : 0;
}

/* Has it ended? Then *status is what a shell would say. */
static int ended(pid_t child, int *status)
{
	if (waitpid(child, status, WNOHANG) != child)
		return 0;
	*status = WIFSIGNALED(*status) ? 128 + WTERMSIG(*status) : WEXITSTATUS(*status);
	return 1;
}

/* We are the group's leader, for setsid(1) forks and does not wait when it is
 * started as one; so what we send comes back to us, who have it blocked. */
static int stop(pid_t child, int sig, int status)
{
	int ignored;

	kill(-getpid(), sig);
	for (int left = GRACE_MS; left > 0; left -= TICK_MS) {
		if (ended(child, &ignored))
			return status;
		next_signal();
	}
	setpgid(0, outside);
	kill(-getpid(), SIGKILL);
	waitpid(child, &ignored, 0);
	return status;
}

int main(int argc, char **argv)
{
	double left = argc > 2 ? atof(argv[1]) * 1000 : 0;
	int forever = left <= 0, sig, status = 0;
	struct sigaction chld = { .sa_handler = SIG_DFL }, chld_before;
	sigset_t before;
	pid_t child;

	if (argc < 3) {
		fputs("usage: limit SECONDS COMMAND [ARG]...\n", stderr);
		return 64;
	}
	processors = sysconf(_SC_NPROCESSORS_ONLN);
	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	sigaddset(&watched, SIGINT);
	sigaddset(&watched, SIGTERM);
	sigaddset(&watched, SIGHUP);
	sigprocmask(SIG_BLOCK, &watched, &before);
	sigaction(SIGCHLD, &chld, &chld_before);
	outside = getpgrp();
	setpgid(0, 0);
	child = fork();
	if (child == 0) {
		sigaction(SIGCHLD, &chld_before, NULL);
		if (forever) {
			signal(SIGINT, SIG_DFL);
			signal(SIGQUIT, SIG_DFL);
		}
		sigprocmask(SIG_SETMASK, &before, NULL);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	if (child < 0) {
		perror("fork");
		return 125;
	}
	while (!ended(child, &status)) {
		sig = next_signal();
		if (sig != 0 && sig != SIGCHLD)
			return stop(child, sig, 128 + sig);
		if (sig == 0 && !forever && (left -= tick_ms()) <= 0)
			return stop(child, SIGTERM, 124);
	}
	return status;
}
