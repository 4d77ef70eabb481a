/* SPDX-License-Identifier: MIT */
/* The program that kills.c starts: its main has begun when its pid is a line of
 * the file "mains"; TERM ends it as a program ends. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void nothing(int sig)
{
	(void)sig;
}

int main(void)
{
	struct sigaction act = { .sa_handler = nothing };
	sigset_t term, before;
	char line[24];
	int fd = open("mains", O_WRONLY | O_APPEND | O_CLOEXEC);

	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &term, &before);
	(void)sigaction(SIGTERM, &act, NULL);
	(void)snprintf(line, sizeof line, "%d\n", (int)getpid());
	if (fd < 0 || write(fd, line, strlen(line)) != (ssize_t)strlen(line))
		return 1;
	(void)close(fd);
	(void)sigsuspend(&before);
	return 0;
}
