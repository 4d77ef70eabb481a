/* SPDX-License-Identifier: MIT */
/* notifier [--child] [--barrier] [MS MESSAGE]...: speaks the sd_notify(3)
 * protocol by hand. For each pair it waits MS milliseconds and sends MESSAGE to
 * $NOTIFY_SOCKET, then it stays. --child: a forked child sends, and ends.
 * --barrier: BARRIER=1 with a pipe follows; "barrier done" goes to stdout once
 * the receiver has closed it, "barrier lost" if it has not within 5 seconds. */
#include "args.h"
#include "stay.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* A socket connected to the address in the environment; @ is abstract. */
static int open_notify(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path != NULL ? strlen(path) : 0;
	int fd;

	if (len == 0 || len >= sizeof a.sun_path) {
		errno = EINVAL;
		return -1;
	}
	memcpy(a.sun_path, path, len);
	if (*path == '@')
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	len += offsetof(struct sockaddr_un, sun_path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, (socklen_t)len) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int send_with_fd(int sock, const char *text, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .space = { 0 } };
	struct iovec iov = { .iov_len = strlen(text) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	char copy[64];

	memcpy(copy, text, iov.iov_len);
	iov.iov_base = copy;
	msg.msg_control = &control;
	msg.msg_controllen = sizeof control.space;
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
	return sendmsg(sock, &msg, MSG_NOSIGNAL) >= 0 ? 0 : -1;
}

static int barrier(int sock)
{
	int ends[2];
	int rc;

	if (pipe(ends) != 0)
		return -1;
	rc = send_with_fd(sock, "BARRIER=1", ends[1]);
	close(ends[1]);
	if (rc == 0) {
		puts(stay_poll(ends[0], 0, 5000) & POLLHUP ? "barrier done" : "barrier lost");
		fflush(stdout);
	}
	close(ends[0]);
	return rc;
}

/* The pairs, then the barrier: 0 or 1. */
static int tell(struct args *args, int with_barrier)
{
	int sock = open_notify();

	while (*args->at != NULL) {
		long ms = args_need_number(args);
		const char *message = args_need(args);

		if (stay_for(ms))
			break;
		if (sock < 0 || send(sock, message, strlen(message), MSG_NOSIGNAL) < 0)
			goto fail;
	}
	if (with_barrier && (sock < 0 || barrier(sock) != 0))
		goto fail;
	if (sock >= 0)
		close(sock);
	return 0;
fail:
	perror("notifier: NOTIFY_SOCKET");
	if (sock >= 0)
		close(sock);
	return 1;
}

static int tell_from_child(struct args *args, int with_barrier)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return 1;
	if (pid == 0)
		exit(tell(args, with_barrier));
	return waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	struct args args;
	int in_child, with_barrier, rc;

	(void)argc;
	args_begin(&args, argv, "notifier [--child] [--barrier] [MS MESSAGE]...");
	in_child = args_flag(&args, "--child");
	with_barrier = args_flag(&args, "--barrier");
	stay_begin();
	rc = in_child ? tell_from_child(&args, with_barrier) : tell(&args, with_barrier);
	stay_until_term();
	return rc;
}
