/* SPDX-License-Identifier: MIT */
/* worker N FILE: a master with N forked workers, whose pids it writes to FILE,
 * one a line, once they all run. Told to end by TERM it ends its workers first;
 * killed in any other way it leaves them behind, as a crashed server does. */
#include "args.h"
#include "say.h"
#include "stay.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MAX 64

static pid_t start_worker(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	stay_until_term();
	_exit(0);
}

int main(int argc, char **argv)
{
	struct args args;
	pid_t pids[WORKERS_MAX];
	long count;
	const char *path;

	(void)argc;
	args_begin(&args, argv, "worker N FILE");
	count = args_need_number(&args);
	path = args_need(&args);
	if (count > WORKERS_MAX)
		args_wrong(&args);
	stay_begin();
	for (long i = 0; i < count; i++) {
		pids[i] = start_worker();
		if (pids[i] < 0)
			return 1;
		say("%ld\n", (long)pids[i]);
	}
	if (say_to(path) != 0) {
		perror(path);
		return 1;
	}
	stay_until_term();
	for (long i = 0; i < count; i++) {
		kill(pids[i], SIGTERM);
		waitpid(pids[i], NULL, 0);
	}
	return 0;
}
