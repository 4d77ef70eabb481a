/* SPDX-License-Identifier: MIT */
/* The program to daemonize. It says where its own part begins and ends, by
 * system calls that nobody else makes: whoever traces it knows then which of
 * the calls are the library's. */
#include "marks.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void nothing(int sig)
{
	(void)sig;
}

/* READY=1, for whoever waits for it. */
static void notify(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, name, len < sizeof address.sun_path ? len : 0);
	if (*name == '@')
		address.sun_path[0] = '\0'; /* abstract */
	(void)sendto(fd, "READY=1", 7, 0, (struct sockaddr *)&address,
	             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	(void)close(fd);
}

int main(void)
{
	struct sigaction act = { .sa_handler = nothing };
	const char *socket_name = getenv("NOTIFY_SOCKET");
	sigset_t term, before;

	(void)syscall(SYS_getpgid, MARK_BEGIN);
	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &term, &before);
	(void)sigaction(SIGTERM, &act, NULL);
	if (socket_name != NULL)
		notify(socket_name);
	(void)syscall(SYS_getpgid, MARK_READY);
	(void)sigsuspend(&before);
	(void)syscall(SYS_getpgid, MARK_END);
	return 0;
}
