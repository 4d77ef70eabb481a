/* SPDX-License-Identifier: MIT */
/* listener [--child] [--after MS] tcp|tcp6|udp PORT|unix PATH [FILE]: a server
 * that begins to listen after MS milliseconds and answers everybody "ok". Once
 * it listens, "port N" (or "path PATH") goes to FILE, which appears complete,
 * or to stdout. PORT 0 is any. --child: a forked child does all this. */
#include "args.h"
#include "say.h"
#include "stay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct plan {
	const char *kind; /* tcp, tcp6, udp, unix */
	const char *where;
	const char *file;
	long after;
};

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

static socklen_t address_of(const struct plan *plan, union address *a)
{
	in_port_t port = htons((in_port_t)strtol(plan->where, NULL, 10));

	memset(a, 0, sizeof *a);
	if (strcmp(plan->kind, "unix") == 0) {
		a->un.sun_family = AF_UNIX;
		snprintf(a->un.sun_path, sizeof a->un.sun_path, "%s", plan->where);
		return sizeof a->un;
	}
	if (strcmp(plan->kind, "tcp6") == 0) {
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_addr = in6addr_loopback;
		a->in6.sin6_port = port;
		return sizeof a->in6;
	}
	a->in.sin_family = AF_INET;
	a->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a->in.sin_port = port;
	return sizeof a->in;
}

static int open_socket(const struct plan *plan)
{
	int type = strcmp(plan->kind, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	union address a;
	socklen_t len = address_of(plan, &a);
	int yes = 1;
	int fd = socket(a.any.sa_family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, &a.any, len) != 0 || (type == SOCK_STREAM && listen(fd, 16) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int announce(const struct plan *plan, int fd)
{
	union address a;
	socklen_t len = sizeof a;

	memset(&a, 0, sizeof a);
	if (getsockname(fd, &a.any, &len) != 0)
		return -1;
	if (a.any.sa_family == AF_UNIX)
		say("path %s\n", plan->where);
	else /* the port is at the same place for both families */
		say("port %u\n", (unsigned)ntohs(a.in.sin_port));
	return say_to(plan->file);
}

static void answer_stream(int fd)
{
	int client = accept(fd, NULL, NULL);

	if (client < 0)
		return;
	send(client, "ok\n", 3, MSG_NOSIGNAL);
	close(client);
}

static void answer_datagram(int fd)
{
	union address from;
	socklen_t len = sizeof from;
	char ignored[16];

	if (recvfrom(fd, ignored, sizeof ignored, MSG_DONTWAIT, &from.any, &len) >= 0)
		sendto(fd, "ok\n", 3, MSG_NOSIGNAL, &from.any, len);
}

static int serve(const struct plan *plan)
{
	int fd;

	if (stay_for(plan->after))
		return 0;
	fd = open_socket(plan);
	if (fd < 0 || announce(plan, fd) != 0) {
		fprintf(stderr, "listener: %s %s: %s\n", plan->kind, plan->where, strerror(errno));
		return 1;
	}
	while (!stay_over())
		if (stay_poll(fd, POLLIN, -1) & POLLIN)
			(strcmp(plan->kind, "udp") == 0 ? answer_datagram : answer_stream)(fd);
	if (strcmp(plan->kind, "unix") == 0)
		unlink(plan->where);
	return 0;
}

static int serve_in_child(const struct plan *plan)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return 1;
	if (pid == 0)
		exit(serve(plan));
	stay_until_term();
	kill(pid, SIGTERM);
	return waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	struct args args;
	struct plan plan;
	int in_child;

	(void)argc;
	args_begin(&args, argv,
	           "listener [--child] [--after MS] tcp|tcp6|udp PORT|unix PATH [FILE]");
	in_child = args_flag(&args, "--child");
	plan.after = args_flag(&args, "--after") ? args_need_number(&args) : 0;
	plan.kind = args_need(&args);
	plan.where = args_need(&args);
	plan.file = args_or(&args, NULL);
	stay_begin();
	return in_child ? serve_in_child(&plan) : serve(&plan);
}
