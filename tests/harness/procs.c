/* SPDX-License-Identifier: MIT */
/* procs find MARK DIR                          the processes of a test, a pid a line
 * procs end  MARK DIR MILLISECONDS [PID:START]...  end what it has recorded; see below
 * procs kill PID...                            TERM, after 3 s KILL, and wait
 * procs gone MILLISECONDS PID...               wait until they are gone; 1 if they are not
 *
 * A process belongs to a test when an entry of its environment begins with MARK,
 * or when its working directory, root, program or a descriptor is inside DIR.
 * Zombies are gone, and the ancestors of procs itself (the shell of the test)
 * do not count.
 *
 * "end" first ends the recorded processes: PID:START, if it is still the one
 * that started then, and those of the test that a pid file in DIR names. The
 * rest has MILLISECONDS to go by itself; what has not is named, killed, and the
 * status is 1. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4096, TERM_MS = 3000, KILL_MS = 5000 };

struct procs {
	int count;
	pid_t pid[MOST];
	struct pollfd fd[MOST]; /* pidfds; -1 once it is gone */
};

static const char *mark, *dir;
static struct procs found, recorded;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

/* A whole file of /proc/PID in a buffer that the next call uses again, with a
 * NUL behind it; its length, 0 when it cannot be read. */
static size_t read_proc(pid_t pid, const char *name, char **content)
{
	static char *buffer;
	static size_t room;
	char path[64];
	size_t len = 0;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	do {
		if (room - len < 4096) {
			room += 1 << 16;
			buffer = realloc(buffer, room);
			if (buffer == NULL)
				abort();
		}
		n = fd >= 0 ? read(fd, buffer + len, room - len - 1) : 0;
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	if (fd >= 0)
		close(fd);
	buffer[len] = '\0';
	*content = buffer;
	return len;
}

/* Field n of /proc/PID/stat, from 3 on; "" when there is none. */
static const char *stat_field(pid_t pid, int n)
{
	char *stat, *at;

	read_proc(pid, "stat", &stat);
	at = strrchr(stat, ')'); /* the name before it may hold anything */
	for (at = at != NULL ? strtok(at + 1, " ") : NULL; at != NULL && n > 3; n--)
		at = strtok(NULL, " ");
	return at != NULL ? at : "";
}

static int alive(pid_t pid)
{
	const char *state = stat_field(pid, 3);

	return *state != '\0' && *state != 'Z' && *state != 'X';
}

static int carries_mark(pid_t pid)
{
	char *environment;
	size_t len = read_proc(pid, "environ", &environment);

	for (char *e = environment; e < environment + len; e += strlen(e) + 1)
		if (strncmp(e, mark, strlen(mark)) == 0)
			return 1;
	return 0;
}

static int link_is_inside(const char *path)
{
	char target[4096];
	size_t len = strlen(dir);
	ssize_t n = readlink(path, target, sizeof target - 1);

	target[n > 0 ? n : 0] = '\0';
	return strncmp(target, dir, len) == 0 && (target[len] == '\0' || target[len] == '/' ||
	                                          strcmp(target + len, " (deleted)") == 0);
}

static int is_inside(pid_t pid)
{
	static const char *const links[] = { "cwd", "root", "exe" };
	char path[512];
	struct dirent *entry;
	int inside = 0;
	DIR *fds;

	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, links[i]);
		if (link_is_inside(path))
			return 1;
	}
	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	fds = opendir(path);
	while (fds != NULL && !inside && (entry = readdir(fds)) != NULL) {
		snprintf(path, sizeof path, "/proc/%d/fd/%s", (int)pid, entry->d_name);
		inside = link_is_inside(path);
	}
	if (fds != NULL)
		closedir(fds);
	return inside;
}

static int belongs(pid_t pid)
{
	return (carries_mark(pid) || is_inside(pid)) && alive(pid);
}

static void add(struct procs *p, pid_t pid)
{
	if (p->count == MOST)
		return;
	p->pid[p->count] = pid;
	p->fd[p->count].fd = (int)syscall(SYS_pidfd_open, pid, 0);
	p->fd[p->count].events = POLLIN;
	p->count++;
}

static void drop_last(struct procs *p)
{
	p->count--;
	if (p->fd[p->count].fd >= 0)
		close(p->fd[p->count].fd);
}

static void find(struct procs *p)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t ancestors[64];
	int n = 0, known;

	ancestors[n++] = getpid();
	for (pid_t pid = getppid(); pid > 1 && n < 64; pid = atoi(stat_field(pid, 4)))
		ancestors[n++] = pid;
	while (p->count > 0)
		drop_last(p);
	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		pid_t pid = atoi(entry->d_name);

		known = pid <= 0;
		for (int i = 0; i < n; i++)
			known |= ancestors[i] == pid;
		if (known || !belongs(pid))
			continue;
		add(p, pid);
		if (!belongs(pid)) /* the number may have been given to another one before add() */
			drop_last(p);
	}
	if (proc != NULL)
		closedir(proc);
}

static void signal_all(const struct procs *p, int sig)
{
	for (int i = 0; i < p->count; i++)
		if (p->fd[i].fd >= 0)
			syscall(SYS_pidfd_send_signal, p->fd[i].fd, sig, NULL, 0);
}

/* 1 when all of them are gone, 0 when ms milliseconds were not enough. */
static int wait_all(struct procs *p, long ms)
{
	long deadline = now_ms() + ms, rest = 0;

	for (;;) {
		int left = 0;

		for (int i = 0; i < p->count; i++) {
			if (p->fd[i].fd >= 0 && poll(&p->fd[i], 1, 0) > 0) {
				close(p->fd[i].fd);
				p->fd[i].fd = -1;
			}
			left += p->fd[i].fd >= 0;
		}
		rest = deadline - now_ms();
		if (left == 0 || rest <= 0)
			return left == 0;
		poll(p->fd, (nfds_t)p->count, (int)rest);
	}
}

static int end_all(struct procs *p)
{
	signal_all(p, SIGTERM);
	signal_all(p, SIGCONT);
	if (wait_all(p, TERM_MS))
		return 1;
	signal_all(p, SIGKILL);
	return wait_all(p, KILL_MS);
}

/* A pid file of the test's directory: digits and a newline. Tests forge them,
 * so only the test's own processes count. */
static int look_at_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t len = strlen(path);
	char text[32] = "", *end = text;
	long pid;
	int fd;

	(void)st;
	(void)ftw;
	if (type != FTW_F || len < 4 || strcmp(path + len - 4, ".pid") != 0)
		return 0;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && read(fd, text, sizeof text - 1) < 0)
		*text = '\0';
	if (fd >= 0)
		close(fd);
	pid = strtol(text, &end, 10);
	for (int i = 0; i < found.count && strcmp(end, "\n") == 0; i++)
		if (found.pid[i] == pid)
			add(&recorded, (pid_t)pid);
	return 0;
}

static int end(long ms, char **tracked)
{
	long deadline;
	char *command;
	int rest;

	find(&found);
	for (; *tracked != NULL; tracked++) {
		char *start = NULL;
		pid_t pid = (pid_t)strtol(*tracked, &start, 10);

		if (pid <= 1 || *start++ != ':' || *start == '\0')
			continue;
		add(&recorded, pid);
		if (strcmp(stat_field(pid, 22), start) != 0)
			drop_last(&recorded);
	}
	if (found.count > 0)
		nftw(dir, look_at_file, 16, FTW_PHYS);
	if (!end_all(&recorded))
		fputs("recorded processes do not end even by KILL\n", stdout);
	deadline = now_ms() + ms;
	for (find(&found); found.count > 0; find(&found)) {
		rest = (int)(deadline - now_ms());
		if (rest > 0 && wait_all(&found, rest))
			continue; /* they have gone, and may have left children */
		for (int i = 0; i < found.count; i++) {
			size_t len = read_proc(found.pid[i], "cmdline", &command);

			if (found.fd[i].fd < 0)
				continue;
			for (size_t at = 0; at + 1 < len; at++)
				if (command[at] == '\0' || command[at] == '\n')
					command[at] = ' ';
			printf("%d (%s)\n", (int)found.pid[i], command);
		}
		signal_all(&found, SIGKILL);
		wait_all(&found, KILL_MS);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	mark = argc > 3 ? argv[2] : NULL;
	dir = argc > 3 ? argv[3] : NULL;
	if (strcmp(what, "end") == 0 && argc > 4)
		return end(atol(argv[4]), argv + 5);
	if (strcmp(what, "find") == 0 && argc == 4) {
		find(&found);
		for (int i = 0; i < found.count; i++)
			printf("%d\n", (int)found.pid[i]);
		return 0;
	}
	if (strcmp(what, "kill") == 0 || (strcmp(what, "gone") == 0 && argc > 2)) {
		int first = *what == 'g' ? 3 : 2;

		for (int i = first; i < argc; i++)
			if (atoi(argv[i]) > 1 && alive(atoi(argv[i])))
				add(&found, atoi(argv[i]));
		return !(first == 3 ? wait_all(&found, atol(argv[2])) : end_all(&found));
	}
	fputs("usage: procs find MARK DIR | end MARK DIR MS [PID:START]... | "
	      "kill PID... | gone MS PID...\n",
	      stderr);
	return 64;
}
