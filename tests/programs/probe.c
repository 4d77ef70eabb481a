/* SPDX-License-Identifier: MIT */
/* probe [--stay] [FILE [ARG]...]: everything a process can see of itself, as
 * KEY=VALUE lines in FILE (which appears complete or not at all) or on stdout;
 * what is not printable is escaped as \xNN. With --stay it then waits for TERM
 * and returns from main. Nothing is changed before it is looked at.
 *
 * Two of these, one from a directly started probe and one from a daemonized
 * one, differ only where the daemon must differ. */
#include "args.h"
#include "say.h"
#include "stay.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static void say_number(const char *key, long n)
{
	say("%s=%ld\n", key, n);
}

static void say_link(const char *key, const char *path)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof target - 1);

	target[n > 0 ? n : 0] = '\0';
	say_line(key, n >= 0 ? target : NULL);
}

/* A whole small file of /proc, NULs included, without its last newline. */
static void say_file(const char *key, const char *path)
{
	static char content[1 << 17];
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		say_line(key, NULL);
		return;
	}
	while ((n = read(fd, content + len, sizeof content - len)) > 0)
		len += (size_t)n;
	close(fd);
	say("%s=", key);
	say_bytes(content, len > 0 && content[len - 1] == '\n' ? len - 1 : len);
	say("\n");
}

static void say_strings(const char *key, char **strings)
{
	char numbered[32];

	for (int i = 0; strings[i] != NULL; i++) {
		snprintf(numbered, sizeof numbered, "%s.%d", key, i);
		say_line(numbered, strings[i]);
	}
}

static void say_family(void)
{
	char cwd[4096];
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);

	say_number("pid", getpid());
	say_number("ppid", getppid());
	say_number("pgid", getpgid(0));
	say_number("sid", getsid(0));
	say_line("tty", tty >= 0 ? ttyname(tty) : NULL);
	if (tty >= 0)
		close(tty);
	say_line("cwd", getcwd(cwd, sizeof cwd));
	say_link("root", "/proc/self/root");
	say_link("exe", "/proc/self/exe");
	say_file("comm", "/proc/self/comm");
	say_file("cgroup", "/proc/self/cgroup");
	say_file("oom_score_adj", "/proc/self/oom_score_adj");
}

static void say_image(char **argv)
{
	say_strings("argv", argv);
	say_strings("env", environ);
	say_file("environ", "/proc/self/environ");
	say_file("cmdline", "/proc/self/cmdline");
	say_line("auxv.execfn", (const char *)getauxval(AT_EXECFN));
	say_number("auxv.secure", (long)getauxval(AT_SECURE));
	say_number("auxv.uid", (long)getauxval(AT_UID));
	say_number("auxv.euid", (long)getauxval(AT_EUID));
	say_number("auxv.gid", (long)getauxval(AT_GID));
	say_number("auxv.egid", (long)getauxval(AT_EGID));
	say_number("auxv.base_is_set", getauxval(AT_BASE) != 0);
}

static void say_descriptor(int fd)
{
	char key[32], path[64];
	int flags = fcntl(fd, F_GETFL), own = fcntl(fd, F_GETFD);

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	snprintf(key, sizeof key, "fd.%d", fd);
	say_link(key, path);
	say("fd.%d.flags=0%o\n", fd, (unsigned)flags);
	say("fd.%d.cloexec=%d\n", fd, (own & FD_CLOEXEC) != 0);
	say("fd.%d.offset=%ld\n", fd, (long)lseek(fd, 0, SEEK_CUR));
}

static void say_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		if (entry->d_name[0] == '.' || fd == dirfd(dir))
			continue;
		say_descriptor(fd);
		count++;
	}
	if (dir != NULL)
		closedir(dir);
	say_number("fds", count);
}

/* Umask, Uid, Groups, NoNewPrivs, Sig*, Cap*, Threads, Cpus_allowed and more,
 * as status.Name=VALUE; what only measures time or memory is left out. */
static void say_status(void)
{
	char line[4096];
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		char *value = strchr(line, ':');

		if (value == NULL || strncmp(line, "Vm", 2) == 0 || strncmp(line, "Rss", 3) == 0 ||
		    strstr(line, "ctxt_switches") != NULL)
			continue;
		*value++ = '\0';
		value += strspn(value, " \t");
		value[strcspn(value, "\n")] = '\0';
		for (char *tab = value; (tab = strchr(tab, '\t')) != NULL;)
			*tab = ' ';
		say("status.");
		say_line(line, value);
	}
	if (f != NULL)
		fclose(f);
}

static void say_limits(void)
{
	static const char *const names[] = { "cpu",      "fsize", "data",   "stack",
		                             "core",     "rss",   "nproc",  "nofile",
		                             "memlock",  "as",    "locks",  "sigpending",
		                             "msgqueue", "nice",  "rtprio", "rttime" };
	struct rlimit r;

	for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
		if (getrlimit(i, &r) == 0)
			say("rlimit.%s=%lld:%lld\n", names[i], (long long)r.rlim_cur,
			    (long long)r.rlim_max);
}

static void say_scheduling(void)
{
	struct itimerval timer;

	errno = 0;
	say_number("nice", getpriority(PRIO_PROCESS, 0));
	say_number("ioprio", syscall(SYS_ioprio_get, 1, 0));
	/* musl's wrapper only fails, on purpose. */
	say_number("policy", syscall(SYS_sched_getscheduler, 0));
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++)
		if (getitimer(which, &timer) == 0)
			say("itimer.%d=%d\n", which,
			    timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0);
	say_file("timers", "/proc/self/timers");
}

static void say_identity(void)
{
	uid_t u[3];
	gid_t g[3], groups[256];
	int n = getgroups(256, groups);

	if (getresuid(&u[0], &u[1], &u[2]) == 0)
		say("uid=%ld %ld %ld %d\n", (long)u[0], (long)u[1], (long)u[2],
		    setfsuid((uid_t)-1));
	if (getresgid(&g[0], &g[1], &g[2]) == 0)
		say("gid=%ld %ld %ld %d\n", (long)g[0], (long)g[1], (long)g[2],
		    setfsgid((gid_t)-1));
	say("groups=");
	for (int i = 0; i < n; i++)
		say("%s%ld", i > 0 ? " " : "", (long)groups[i]);
	say("\n");
}

static void say_flags(void)
{
	int value = 0;

	say_number("securebits", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	say_number("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	say_number("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	say_number("keepcaps", prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0));
	say_number("thp_disable", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	say_number("timerslack", prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
	say_number("child_subreaper", prctl(PR_GET_CHILD_SUBREAPER, &value) == 0 ? value : -1);
	say_number("pdeathsig", prctl(PR_GET_PDEATHSIG, &value) == 0 ? value : -1);
	say("personality=0x%x\n", (unsigned)personality(0xFFFFFFFF));
}

/* The files mapped, each once, in the order of their addresses. */
static void say_maps(void)
{
	char line[4096], last[4096] = "";
	int count = 0;
	FILE *f = fopen("/proc/self/maps", "re");

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		char *path = strchr(line, '/');

		if (path == NULL || strcmp(path, last) == 0)
			continue;
		memcpy(last, path, strlen(path) + 1);
		path[strcspn(path, "\n")] = '\0';
		say("map.%d", count++);
		say_line("", path);
	}
	if (f != NULL)
		fclose(f);
}

int main(int argc, char **argv)
{
	struct args args;
	const char *file;
	int stay;

	(void)argc;
	args_begin(&args, argv, "probe [--stay] [FILE [ARG]...]");
	stay = args_flag(&args, "--stay");
	file = args_or(&args, NULL);
	say_descriptors(); /* first, while none of ours can be open */
	say_family();
	say_image(argv);
	say_status();
	say_identity();
	say_limits();
	say_scheduling();
	say_flags();
	say_maps();
	if (stay)
		stay_begin(); /* before the file exists, which says that TERM is welcome */
	if (say_to(file) != 0) {
		perror(file != NULL ? file : "stdout");
		return 1;
	}
	if (stay)
		stay_until_term();
	return 0;
}
