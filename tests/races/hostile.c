/* SPDX-License-Identifier: MIT */
/* races-hostile [-n RUNS] [-s SEED] DSTART LIBRARY HOSTILE
 *
 * root starts programs/hostile.c as other users, by dstart and by the library,
 * over and over. Whatever it does: the launcher ends in time, with a status that
 * it may have, no byte of the program drives the terminal, no process is
 * signalled that is not of that start, and no pid file is left of a failure.
 *
 * Best in a pid namespace of its own with few numbers, which are then used again
 * all the time: races-hostile does that itself where the kernel counts them for
 * each namespace (Linux 6.14). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT "0.4"
#define MOST_MS 20000 /* timeout, grace and kill are 5 s; machines are busy */
#define VICTIMS 40
#define FIRST_UID 61000
#define PIDS "450"

static pid_t victims[VICTIMS];
static char directory[] = "/tmp/hostile.XXXXXX";
static unsigned statuses[256];

static long long now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

_Noreturn static void broken(unsigned seed, const char *what, const char *said)
{
	printf("seed %u: %s\n%s", seed, what, said);
	exit(1);
}

/* Innocent processes of root's, with ever new numbers: some are replaced before
 * each run. */
static void replace_victims(unsigned run)
{
	for (int i = 0; i < VICTIMS; i++) {
		if (victims[i] > 0 && (unsigned)i % 4 != run % 4)
			continue;
		if (victims[i] > 0) {
			(void)kill(victims[i], SIGKILL);
			(void)waitpid(victims[i], NULL, 0);
		}
		victims[i] = fork();
		if (victims[i] == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				(void)pause();
		}
	}
}

/* Each lives, and was not stopped. */
static int victims_are_well(void)
{
	for (int i = 0; i < VICTIMS; i++)
		if (waitpid(victims[i], NULL, WNOHANG | WUNTRACED) != 0)
			return 0;
	return 1;
}

/* All that is left of a run. */
static void end_all_of(uid_t uid)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0)
			(void)kill(-1, SIGKILL);
		_exit(0);
	}
	(void)waitpid(pid, NULL, 0);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		; /* orphans come to us where we are pid 1 */
}

static void launch(char **programs, unsigned seed, uid_t uid, int output)
{
	static const char *const modes[] = { "main", "settled", "notify", "alive=0.1", "listen" };
	const char *mode = modes[seed % 5];
	char user[32], number[16], pidfile[64], log[64];

	(void)snprintf(user, sizeof user, "%u:%u", (unsigned)uid, (unsigned)uid);
	(void)snprintf(number, sizeof number, "%u", seed);
	(void)snprintf(pidfile, sizeof pidfile, "%s/d.pid", directory);
	(void)snprintf(log, sizeof log, "%s/d.log", directory);
	(void)dup2(output, STDOUT_FILENO);
	(void)dup2(output, STDERR_FILENO);
	if (seed % 3 != 0)
		(void)execl(programs[0], "dstart", "-p", pidfile, "-l", log, "-u", user, "-r", mode,
		            "-t", TIMEOUT, seed % 2 ? "-v" : "--", programs[2], number,
		            (char *)NULL);
	(void)setenv("DAEMONIZE_PIDFILE", pidfile, 1);
	(void)setenv("DAEMONIZE_LOGFILE", log, 1);
	(void)setenv("DAEMONIZE_USER", user, 1);
	(void)setenv("DAEMONIZE_READY", mode, 1);
	(void)setenv("DAEMONIZE_TIMEOUT", TIMEOUT, 1);
	(void)setenv("LD_PRELOAD", programs[1], 1);
	(void)execl(programs[2], "hostile", number, (char *)NULL);
	_exit(99);
}

/* Reads until the launcher has ended; its status, or -1 when it does not end. */
static int listen_to(pid_t pid, int fd, char *said, size_t size)
{
	const long long until = now_ms() + MOST_MS;
	size_t len = 0;
	int status, has_ended = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		char some[4096];
		ssize_t n;

		has_ended = has_ended || waitpid(pid, &status, WNOHANG) == pid;
		n = poll(&p, 1, has_ended ? 0 : 5) > 0 ? read(fd, some, sizeof some) : 0;

		if (n > 0 && len + (size_t)n < size) {
			memcpy(said + len, some, (size_t)n);
			len += (size_t)n;
		}
		said[len] = '\0';
		if (has_ended && n <= 0)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (now_ms() > until)
			return -1;
	}
}

static int is_tame(const char *said)
{
	for (const unsigned char *c = (const unsigned char *)said; *c != '\0'; c++)
		if ((*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7F ||
		    (*c >= 0x80 && *c < 0xA0 && c > (const unsigned char *)said && c[-1] == 0xC2))
			return 0;
	return 1;
}

static int may_be(int status)
{
	static const int known[] = { 0, 69, 71, 73, 77, 126, 127 };

	for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
		if (status == known[i])
			return 1;
	return 0;
}

static void run(char **programs, unsigned seed)
{
	static char said[1 << 20];
	const uid_t uid = FIRST_UID + seed % 1000;
	char pidfile[64], log[64];
	int ends[2], status;
	pid_t pid;

	(void)snprintf(pidfile, sizeof pidfile, "%s/d.pid", directory);
	(void)snprintf(log, sizeof log, "%s/d.log", directory);
	if (pipe2(ends, O_CLOEXEC) < 0)
		broken(seed, "pipe", "");
	pid = fork();
	if (pid == 0)
		launch(programs, seed, uid, ends[1]);
	(void)close(ends[1]);
	status = listen_to(pid, ends[0], said, sizeof said);
	if (status < 0)
		(void)kill(pid, SIGKILL);
	(void)close(ends[0]);
	end_all_of(uid);
	if (status < 0)
		broken(seed, "the launcher does not end", said);
	if (!may_be(status)) {
		char what[64];

		(void)snprintf(what, sizeof what, "status %d", status);
		broken(seed, what, said);
	}
	if (!is_tame(said))
		broken(seed, "a terminal would be driven", said);
	if (status != 0 && access(pidfile, F_OK) == 0)
		broken(seed, "a pid file is left of a failure", said);
	if (status != 0 && said[0] == '\0')
		broken(seed, "no message", "");
	if (!victims_are_well())
		broken(seed, "an innocent process was signalled", said);
	statuses[status]++;
	(void)unlink(pidfile);
	(void)unlink(log);
}

/* Few numbers, each used again soon. Nothing where that would be everybody's. */
static void enter_namespace(void)
{
	struct utsname name;
	int major = 0, minor = 0, status, fd;
	pid_t pid;

	(void)uname(&name);
	if (sscanf(name.release, "%d.%d", &major, &minor) != 2 || major * 1000 + minor < 6014 ||
	    unshare(CLONE_NEWPID | CLONE_NEWNS) < 0)
		return;
	(void)signal(SIGINT, SIG_IGN);
	pid = fork();
	if (pid != 0) {
		(void)waitpid(pid, &status, 0);
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGINT, SIG_DFL);
	(void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	if (mount("proc", "/proc", "proc", 0, NULL) < 0)
		exit(1);
	fd = open("/proc/sys/kernel/pid_max", O_WRONLY);
	if (fd >= 0 && write(fd, PIDS, strlen(PIDS)) > 0)
		puts("in a pid namespace of " PIDS " numbers");
	(void)close(fd);
	(void)fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned runs = 100, seed = 1;
	int option;

	while ((option = getopt(argc, argv, "n:s:")) != -1)
		if (option == 'n')
			runs = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 's')
			seed = (unsigned)strtoul(optarg, NULL, 10);
	if (argc - optind != 3 || geteuid() != 0 || mkdtemp(directory) == NULL) {
		fprintf(stderr, "usage: races-hostile [-n RUNS] [-s SEED] DSTART LIBRARY HOSTILE, "
		                "as root\n");
		return 64;
	}
	(void)chmod(directory, 0755);
	enter_namespace();
	for (unsigned i = 0; i < runs; i++) {
		replace_victims(i);
		run(argv + optind, seed + i);
	}
	printf("%u runs:", runs);
	for (int i = 0; i < 256; i++)
		if (statuses[i] > 0)
			printf(" status %d %u times,", i, statuses[i]);
	puts(" nothing harmed");
	(void)rmdir(directory);
	return 0;
}
