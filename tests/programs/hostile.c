/* SPDX-License-Identifier: MIT */
/* hostile SEED
 * A program that does to its launcher what it can, by chance. Before any
 * library's constructor it has the channel for itself, says every note in
 * every order, takes the plan, stops, traces, leaves children with the channel,
 * tries to have its number used again; and what main does is no better. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIFE 20 /* seconds; then none of it is there any more */
#define FORKS 3000

static uint64_t state;

static unsigned any(unsigned below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % below;
}

static int channel(char **envp)
{
	static const char key[] = "_DAEMONIZE_MARK=";

	for (; *envp != NULL; envp++)
		if (strncmp(*envp, key, sizeof key - 1) == 0)
			return atoi(*envp + sizeof key - 1);
	return -1;
}

/* As wire/channel.h has it. */
struct note {
	int kind, status, error;
	char text[4096];
};

static void say(int fd, int kind)
{
	static const int statuses[] = { 0,  1,  64,  67,  69,  71, 73,     75,
		                        77, 78, 126, 127, 130, -1, INT_MAX };
	static const char *const texts[] = { "",
		                             "\033]0;mine\007\033[2J",
		                             "\x9bm\xc2\x9b",
		                             "\n\nlibdaemonize: all is well",
		                             "%s%n%s",
		                             "\377\376" };
	struct note note = { .kind = kind,
		             .status = statuses[any(15)],
		             .error = (int)any(200) - 20 };
	const char *text = texts[any(6)];
	size_t len = strlen(text);

	memcpy(note.text, text, len);
	if (any(8) == 0)
		memset(note.text, '\033', len = any(sizeof note.text));
	(void)send(fd, &note, sizeof note - sizeof note.text + len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void say_any(int fd)
{
	for (unsigned n = 1 + any(6); n > 0; n--)
		say(fd, (int)any(12) - 1);
}

static void flood(int fd)
{
	const int kind = (int)any(8);

	for (int i = 0; i < 20000; i++) {
		say(fd, kind);
		if (any(50) == 0)
			usleep(200);
	}
}

static void send_descriptors(int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(200 * sizeof(int))];
	} control = { .head = { CMSG_LEN(200 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	char byte[16] = { 3 };
	struct iovec part = { byte, sizeof byte };
	struct msghdr message = { .msg_iov = &part,
		                  .msg_iovlen = 1,
		                  .msg_control = &control,
		                  .msg_controllen = sizeof control };
	int *fds = (int *)(void *)CMSG_DATA(&control.head);

	for (int i = 0; i < 200; i++)
		fds[i] = fd;
	for (unsigned i = any(50); i > 0; i--)
		(void)sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void take_plan(int fd)
{
	static char room[70000];

	(void)recv(fd, room, sizeof room, MSG_DONTWAIT | (any(2) ? MSG_PEEK : 0));
}

/* Until a child of a child has the number that the launcher knows. */
static void become_again(pid_t number)
{
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			if (getpid() != number)
				_exit(0);
			sleep(2);
			_exit(0);
		}
		if (pid == number)
			_exit(0);
		if (pid > 0)
			(void)waitpid(pid, NULL, 0);
	}
	_exit(0);
}

static void leave_child(int fd)
{
	const pid_t self = getpid();
	const unsigned what = any(5);

	if (fork() != 0)
		return;
	(void)alarm(LIFE);
	if (any(2))
		(void)setsid();
	if (what == 0)
		become_again(self);
	if (what == 1)
		(void)execl("/bin/sleep", "sleep", "3", (char *)NULL);
	if (what == 2)
		flood(fd);
	if (what == 3)
		(void)close(fd);
	for (unsigned i = any(4); i > 0; i--) {
		usleep(any(200000));
		say_any(fd);
	}
	_exit(0);
}

static void end_somehow(void)
{
	static const int signals[] = { SIGKILL, SIGSEGV, SIGTERM, SIGABRT, SIGHUP };

	if (any(2))
		_exit((int)any(256));
	(void)raise(signals[any(5)]);
}

static void act(int fd)
{
	switch (any(16)) {
	case 0:
	case 1:
	case 2:
		say_any(fd);
		break;
	case 3:
		flood(fd);
		break;
	case 4:
		take_plan(fd);
		break;
	case 5:
	case 6:
		leave_child(fd);
		break;
	case 7:
		(void)raise(SIGSTOP);
		break;
	case 8:
		(void)kill(getppid(), any(2) ? SIGSTOP : SIGKILL);
		(void)ptrace(PTRACE_SEIZE, getppid(), NULL, NULL);
		(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		break;
	case 9:
		(void)shutdown(fd, (int)any(3));
		break;
	case 10:
		(void)close(fd);
		break;
	case 11:
		end_somehow();
		break;
	case 12:
		(void)execl("/bin/sleep", "sleep", "2", (char *)NULL);
		break;
	case 13:
		for (int i = 0; i < 500; i++)
			(void)dup(fd);
		break;
	case 14:
		send_descriptors(fd);
		break;
	default:
		if (fork() != 0)
			_exit(0);
		(void)setsid();
		(void)alarm(LIFE);
		break;
	}
}

__attribute__((unused)) static void before_all(int argc, char **argv, char **envp)
{
	const int fd = channel(envp);

	state = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	if (fd < 0 || geteuid() == 0)
		return;
	(void)alarm(LIFE);
	for (unsigned n = any(5); n > 0; n--)
		act(fd);
}

#ifdef __GLIBC__
__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **,
                                                                            char **) = before_all;
#endif

static void notify(void)
{
	static const char *const words[] = { "READY=1",   "STATUS=\033[2J\x9b",
		                             "ERRNO=5",   "EXTEND_TIMEOUT_USEC=1",
		                             "MAINPID=1", "BARRIER=1" };
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (name == NULL || strlen(name) >= sizeof address.sun_path)
		return;
	memcpy(address.sun_path, name, strlen(name));
	if (*name == '@')
		address.sun_path[0] = '\0';
	for (unsigned n = any(200); n > 0; n--) {
		const char *word = words[1 + any(5)];

		(void)sendto(fd, word, strlen(word), MSG_DONTWAIT, (struct sockaddr *)&address,
		             (socklen_t)(sizeof address.sun_family + strlen(name)));
	}
}

int main(int argc, char **argv)
{
	static const char noise[] = "\033]0;mine\007\033[2J\x9bm\xc2\x9b\177\n";

	(void)argc;
	(void)argv;
	(void)alarm(LIFE);
	for (unsigned n = 1 + any(4); n > 0; n--)
		switch (any(7)) {
		case 0:
			(void)write(STDOUT_FILENO, noise, sizeof noise - 1);
			break;
		case 1:
			notify();
			break;
		case 2:
			leave_child(-1);
			break;
		case 3:
			end_somehow();
			break;
		case 4:
			(void)raise(SIGSTOP);
			break;
		case 5:
			if (fork() != 0)
				_exit((int)any(3));
			(void)setsid();
			break;
		default:
			usleep(any(300000));
			break;
		}
	(void)write(STDOUT_FILENO, noise, sizeof noise - 1);
	usleep(any(2000000));
	return (int)any(2);
}
