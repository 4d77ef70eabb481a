/* SPDX-License-Identifier: MIT */
/* Each case is a "daemon": a child in a session of its own that opens some
 * sockets, says so, and waits to be killed. */
#include "ready/listen.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int said;        /* where a daemon says its port, 0 for none */
static char dir[64];    /* for sockets, the current directory */
static unsigned chosen; /* the port it said */
static struct family ours;

/* Ends the preparations of a daemon, never returns. */
static void ready(unsigned port)
{
	(void)!write(said, &port, sizeof port);
	for (;;)
		(void)pause();
}

static void must(int ok)
{
	if (!ok)
		ready(0);
}

static unsigned bind_inet(int fd, int family)
{
	struct sockaddr_in six_or_four[2] = { { .sin_family = (sa_family_t)family } };
	socklen_t len =
		family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);

	must(bind(fd, (struct sockaddr *)six_or_four, len) == 0);
	must(getsockname(fd, (struct sockaddr *)six_or_four, &len) == 0);
	return ntohs(six_or_four[0].sin_port); /* at the same place in both */
}

static unsigned tcp(int family, int protocol, int listening)
{
	int fd = socket(family, SOCK_STREAM, protocol);
	unsigned port;

	must(fd >= 0);
	port = bind_inet(fd, family);
	must(!listening || listen(fd, 1) == 0);
	return port;
}

static void bind_unix(int type, const char *path, int listening)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	strcpy(a.sun_path, path);
	if (*path == '@')
		a.sun_path[0] = '\0';
	must(bind(fd, (struct sockaddr *)&a,
	          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) +
	                      (*path != '@'))) == 0);
	must(!listening || listen(fd, 1) == 0);
}

static void nothing(void)
{
	ready(0);
}

static void tcp4(void)
{
	ready(tcp(AF_INET, 0, 1));
}

static void tcp6(void)
{
	ready(tcp(AF_INET6, 0, 1));
}

static void tcp_bound(void)
{
	ready(tcp(AF_INET, 0, 0));
}

/* What Go has listened with since 1.24. */
static void mptcp(void)
{
	ready(tcp(AF_INET, IPPROTO_MPTCP, 1));
}

static void tcp_client(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int server = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	unsigned port = bind_inet(server, AF_INET);

	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(listen(server, 1) == 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
	must(accept(server, NULL, NULL) >= 0);
	(void)close(server);
	ready(port);
}

static void udp(void)
{
	ready(bind_inet(socket(AF_INET, SOCK_DGRAM, 0), AF_INET));
}

static void udp6(void)
{
	ready(bind_inet(socket(AF_INET6, SOCK_DGRAM, 0), AF_INET6));
}

static void udp_client(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned port = bind_inet(fd, AF_INET);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
	ready(port);
}

static void unix_stream(void)
{
	char path[128];

	(void)snprintf(path, sizeof path, "%s/s.sock", dir);
	bind_unix(SOCK_STREAM, path, 1);
	ready(0);
}

static void unix_relative(void)
{
	bind_unix(SOCK_SEQPACKET, "s.sock", 1);
	ready(0);
}

static void unix_chroot(void)
{
	must(chroot(dir) == 0);
	bind_unix(SOCK_STREAM, "/s.sock", 1);
	ready(0);
}

static void unix_abstract(void)
{
	bind_unix(SOCK_STREAM, "@libdaemonize test", 1);
	ready(0);
}

static void unix_bound(void)
{
	bind_unix(SOCK_STREAM, "s.sock", 0);
	ready(0);
}

static void unix_datagram(void)
{
	bind_unix(SOCK_DGRAM, "s.sock", 0);
	ready(0);
}

static void many(void)
{
	for (int i = 0; i < 600; i++)
		must(socket(AF_INET, i % 2 ? SOCK_STREAM : SOCK_DGRAM, 0) >= 0);
	ready(tcp(AF_INET, 0, 1));
}

static int adopts; /* orphans come to us; an emulator may not know how */

/* Listening is a grandchild whose parent is gone. */
static void orphan(void)
{
	if (fork() == 0) {
		const pid_t parent = getpid();

		if (fork() == 0) {
			while (getppid() == parent)
				(void)usleep(1000);
			tcp4();
		}
		_exit(0);
	}
	for (;;)
		(void)pause();
}

static void elsewhere(void)
{
	if (fork() == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)setsid();
		tcp4();
	}
	for (;;)
		(void)pause();
}

static void other_network(void)
{
	must(unshare(CLONE_NEWNET) == 0);
	ready(tcp(AF_INET, 0, 1));
}

static pid_t start(void (*daemon_main)(void))
{
	static const pid_t none[2];
	int pipes[2];
	pid_t pid;

	(void)!pipe(pipes);
	(void)family_begin(&ours, none);
	pid = fork();
	if (pid == 0) {
		(void)setsid();
		said = pipes[1];
		(void)close(pipes[0]);
		daemon_main();
	}
	(void)close(pipes[1]);
	chosen = 0;
	(void)!read(pipes[0], &chosen, sizeof chosen);
	(void)close(pipes[0]);
	family_start(&ours, pid);
	return pid;
}

/* What it has left is a child of ours by then. */
static void end(pid_t pid)
{
	(void)kill(-pid, SIGKILL);
	(void)kill(pid, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	(void)unlink("s.sock");
}

/* Nothing that is there already is asked for: it would not count. */
static int asks(pid_t pid, const char *value)
{
	static const struct listen_want nowhere = { .kind = LISTEN_UNIX, .path = "/nowhere" };
	struct listen_want want;
	struct listen l;
	int found;

	CHECK_INT(0, value_listen(value, &want), value);
	listen_begin(&l, &nowhere);
	l.want = &want;
	family_look(&ours);
	if (ours.count == 0) /* not our child */
		ours.kin[ours.count++] = (struct kin){ .pid = pid };
	found = listen_ready(&l, &ours);
	return found;
}

/* One daemon, and the answers for any, its port, another port, its path. */
static void check_daemon(const char *name, void (*daemon_main)(void), int any, int port, int path)
{
	pid_t pid = start(daemon_main);
	char value[160];

	CHECK_INT(any, asks(pid, ""), name);
	if (chosen != 0) {
		(void)snprintf(value, sizeof value, "=%u", chosen);
		CHECK_INT(port, asks(pid, value), name);
		(void)snprintf(value, sizeof value, "=%u", chosen ^ 1);
		CHECK_INT(0, asks(pid, value), name);
	}
	(void)snprintf(value, sizeof value, "=%s/s.sock", dir);
	CHECK_INT(path, asks(pid, value), name);
	CHECK_INT(path, asks(pid, "=./s.sock"), name);
	CHECK_INT(0, asks(pid, "=/nowhere/s.sock"), name);
	end(pid);
}

static void check_parse(void)
{
	static const char *const wrong[] = { "=",    "=0",   "=65536", "=-1",
		                             "=80x", "8080", "= 80",   "=http",
		                             "=@",   "=+1",  " ",      "=99999999999999999999" };
	struct listen_want want;

	CHECK(value_listen("", &want) == 0 && want.kind == LISTEN_ANY);
	CHECK(value_listen("=1", &want) == 0 && want.kind == LISTEN_PORT && want.port == 1);
	CHECK(value_listen("=65535", &want) == 0 && want.port == 65535);
	CHECK(value_listen("=/run/x", &want) == 0 && want.kind == LISTEN_UNIX);
	CHECK_STR("/run/x", want.path, "path");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_INT(-1, value_listen(wrong[i], &want), wrong[i]);
}

static void check_abstract(void)
{
	pid_t pid = start(unix_abstract);

	CHECK_INT(1, asks(pid, ""), "abstract");
	CHECK_INT(1, asks(pid, "=@libdaemonize test"), "abstract");
	CHECK_INT(0, asks(pid, "=@libdaemonize"), "abstract");
	end(pid);
}

/* As another user, who may not look at its descriptors. */
static int asks_as_nobody(pid_t pid, const char *value)
{
	pid_t asker = fork();
	int status = 0;

	if (asker == 0) {
		ours.launcher = getpid();
		_exit(setuid(65534) == 0 ? 10 + asks(pid, value) : 99);
	}
	(void)waitpid(asker, &status, 0);
	return (signed char)WEXITSTATUS(status) - 10;
}

static void check_hidden(void)
{
	pid_t pid = start(tcp4);
	char value[160];

	(void)snprintf(value, sizeof value, "=%u", chosen);
	CHECK_INT(-EACCES, asks_as_nobody(pid, ""), "any of another user's process");
	CHECK_INT(1, asks_as_nobody(pid, value), "its port");
	(void)snprintf(value, sizeof value, "=%u", chosen ^ 1);
	CHECK_INT(0, asks_as_nobody(pid, value), "another port");
	end(pid);
	pid = start(unix_stream);
	(void)snprintf(value, sizeof value, "=%s/s.sock", dir);
	CHECK_INT(1, asks_as_nobody(pid, value), "its path");
	end(pid);
}

/* Can this machine do what a case needs? If not it is left out, and said. */
static int can(int yes, const char *what)
{
	if (!yes)
		(void)printf("no %s here\n", what);
	return yes;
}

int main(void)
{
	(void)signal(SIGCHLD, SIG_DFL);
	adopts = prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
	(void)snprintf(dir, sizeof dir, "%s", "/tmp/listen.XXXXXX");
	if (mkdtemp(dir) == NULL || chmod(dir, 0755) < 0 || chdir(dir) < 0)
		return 2;
	check_parse();
	check_daemon("nothing", nothing, 0, 0, 0);
	check_daemon("tcp4", tcp4, 1, 1, 0);
	check_daemon("tcp bound", tcp_bound, 0, 0, 0);
	check_daemon("tcp client", tcp_client, 0, 0, 0);
	check_daemon("udp", udp, 0, 1, 0);
	check_daemon("udp client", udp_client, 0, 0, 0);
	check_daemon("unix stream", unix_stream, 1, 0, 1);
	check_daemon("unix relative", unix_relative, 1, 0, 1);
	check_daemon("unix bound", unix_bound, 0, 0, 0);
	check_daemon("unix datagram", unix_datagram, 0, 0, 0);
	check_daemon("600 sockets", many, 1, 1, 0);
	check_daemon("orphan", orphan, adopts, adopts, 0);
	check_daemon("another session", elsewhere, 1, 1, 0);
	if (can(access("/proc/net/tcp6", F_OK) == 0, "IPv6")) {
		check_daemon("tcp6", tcp6, 1, 1, 0);
		check_daemon("udp6", udp6, 0, 1, 0);
	}
	if (can(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP) >= 0, "MPTCP"))
		check_daemon("mptcp", mptcp, 1, 1, 0);
	if (can(getuid() == 0, "root")) {
		check_daemon("another network", other_network, 1, 1, 0);
		check_daemon("chroot", unix_chroot, 1, 0, 1);
	}
	check_abstract();
	if (can(getuid() == 0, "root"))
		check_hidden();
	(void)!chdir("/");
	(void)rmdir(dir);
	return check_status();
}
