/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include "calls.h"
#include "judge.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIDFILE "d.pid"
#define SHORT "DAEMONIZE_TIMEOUT=0.4" /* for those who wait in vain */

/* ---- looking */

/* The pid in the file: 0 without one, -1 when it is not a whole line. */
static pid_t written_pid(void)
{
	char text[64], *end;
	long n = judge_read(PIDFILE, text, sizeof text);
	long pid = strtol(text, &end, 10);

	if (n <= 0)
		return 0;
	return *end == '\n' && end[1] == '\0' && pid > 0 ? (pid_t)pid : -1;
}

/* Who holds the POSIX lock, 0: nobody. */
static pid_t lock_holder(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(PIDFILE, O_RDWR | O_CLOEXEC);

	if (fd < 0 || fcntl(fd, F_GETLK, &lock) < 0)
		lock.l_type = F_UNLCK;
	if (fd >= 0)
		(void)close(fd);
	return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

static int descriptors(pid_t pid)
{
	char path[40];
	int count = 0;
	DIR *dir;

	(void)snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir != NULL && readdir(dir) != NULL)
		count++;
	if (dir != NULL)
		(void)closedir(dir);
	return count - 2;
}

static void clean(void)
{
	static const char *const names[] = { PIDFILE, "d.log", "out", "err", "d.pid.new" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		(void)unlink(names[i]);
}

static int is_fault_in(const struct trace *t, long number)
{
	return t->reached && t->point.number == number;
}

/* ---- a daemon */

/* A start without any fault. Returns the daemon's pid, or 0. */
static pid_t plain_start(const struct scene *scene)
{
	const char *envp[sizeof scene->envp / sizeof *scene->envp] = { NULL };
	int status = 0, count = 0;
	pid_t pid;

	for (const char *const *var = scene->envp; *var != NULL; var++)
		if (strcmp(*var, SHORT) != 0)
			envp[count++] = *var;
	pid = fork();
	if (pid == 0) {
		int fd = open("err", O_WRONLY | O_CREAT | O_TRUNC, 0644);

		(void)dup2(fd, STDOUT_FILENO);
		(void)dup2(fd, STDERR_FILENO);
		(void)close(fd);
		(void)execve(scene->argv[0], (char *const *)scene->argv, (char *const *)envp);
		_exit(125);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	pid = written_pid();
	if (status == 0 && pid > 0 && lock_holder() == pid)
		return pid;
	return 0;
}

static void end_plain(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Whatever has happened, it must not be in the way of the next start. */
static void check_next_start(const struct scene *scene)
{
	char text[300];
	pid_t pid = plain_start(scene);

	if (pid != 0) {
		end_plain(pid);
		return;
	}
	(void)judge_read("err", text, sizeof text);
	judge_wrong("the next start failed: %s", text);
}

/* The daemon that status 0 promises. */
static void check_daemon(const struct trace *t)
{
	const struct trace_process *p = NULL;

	for (int i = 1; i < t->roles; i++)
		if (t->processes[i].alive) {
			if (p != NULL)
				judge_wrong("two processes are left");
			p = &t->processes[i];
		}
	if (p == NULL) {
		/* killed after it had said that it is ready */
		if (t->point.error != 0)
			judge_wrong("status 0, and no daemon");
		return;
	}
	if (written_pid() != p->pid)
		judge_wrong("the pid file says %d, the daemon is %d", (int)written_pid(),
		            (int)p->pid);
	if (lock_holder() != p->pid)
		judge_wrong("the lock is %d's, the daemon is %d", (int)lock_holder(), (int)p->pid);
	/* 0, 1, 2 and the lock's; but what cannot be closed stays open */
	if (descriptors(p->pid) != 4 && !is_fault_in(t, SYS_close_range))
		judge_wrong("the daemon has %d descriptors", descriptors(p->pid));
}

static void check_failure(const struct trace *t, int status)
{
	char text[600];

	if (!judge_documented(status))
		judge_wrong("status %d is not documented", status);
	if (judge_read("err", text, sizeof text) <= 0 && !is_fault_in(t, SYS_write))
		judge_wrong("status %d, and no message", status);
	else if (text[0] != '\0' && !judge_is_message(text))
		judge_wrong("its message is: %s", text);
	if (trace_alive(t) > 0)
		judge_wrong("status %d, and a process is left", status);
	if (access(PIDFILE, F_OK) == 0 && !is_fault_in(t, SYS_unlink))
		judge_wrong("status %d, and the pid file is left", status);
}

static void check_start(const struct trace *t)
{
	int status = t->processes[0].wait_status;

	if (WIFSIGNALED(status) && t->point.role == 0 && t->point.error == 0) {
		/* killed: who has begun its main is a daemon, complete */
		if (trace_alive(t) > 0)
			check_daemon(t);
	} else if (WIFSIGNALED(status)) {
		judge_wrong("the launcher was killed by signal %d", WTERMSIG(status));
	} else if (WEXITSTATUS(status) == 0) {
		check_daemon(t);
	} else {
		check_failure(t, WEXITSTATUS(status));
	}
}

static void try_start(const struct scene *scene, struct trace *t)
{
	int running;

	trace_start(t);
	trace_settle(t);
	if (t->hung)
		judge_wrong("it hangs, %d processes left", trace_alive(t));
	else
		check_start(t);
	running = trace_alive(t);
	trace_end(t, SIGTERM);
	/* at its end the daemon takes its pid file away; one that cannot leaves it, stale */
	if (running && scene->copies_linked && !t->reached && access(PIDFILE, F_OK) == 0)
		judge_wrong("the daemon has left its pid file");
	check_next_start(scene);
}

/* ---- dsig */

static int documented_control(int status)
{
	static const char statuses[] = { 1, 3, 4, 64, 71, 74, 75, 77 };

	return memchr(statuses, status, sizeof statuses) != NULL;
}

/* Is it gone, within two seconds where it should be? */
static int ended(pid_t daemon, int should)
{
	int tries = should ? 1000 : 1;

	while (tries-- > 0) {
		pid_t pid = waitpid(daemon, NULL, WNOHANG | __WALL);

		if (pid == daemon || (pid < 0 && errno == ECHILD))
			return 1;
		if (tries > 0)
			(void)usleep(2000);
	}
	return 0;
}

static void check_control(const struct scene *scene, const struct trace *t, pid_t daemon)
{
	const char *command = scene->argv[1];
	int killed = WIFSIGNALED(t->processes[0].wait_status);
	int status = WEXITSTATUS(t->processes[0].wait_status);
	int asks = strcmp(command, "status") == 0;
	char out[512], err[512];
	int gone = ended(daemon, !killed && status == 0 && !asks);

	if (killed && t->point.error != 0)
		judge_wrong("it was killed by signal %d", WTERMSIG(t->processes[0].wait_status));
	/* it takes the file away a moment before it has ended */
	if (!gone && access(PIDFILE, F_OK) != 0 && !(gone = ended(daemon, 1)))
		judge_wrong("the daemon lives, and its pid file is gone");
	if (!killed && status == 0 && gone == asks)
		judge_wrong("status 0, and the daemon %s", gone ? "has gone" : "has not gone");
	if (!killed && status != 0 && asks && gone)
		judge_wrong("status has ended the daemon");
	/* that there is no pid file is what it was told */
	if (!killed && asks && (status == 1 || (status == 3 && t->point.error != ENOENT)))
		judge_wrong("the daemon runs, and the status is %d", status);
	if (!killed && status != 0 && !documented_control(status))
		judge_wrong("status %d is not documented", status);
	(void)judge_read("out", out, sizeof out);
	(void)judge_read("err", err, sizeof err);
	if (!killed && status != 0 && out[0] == '\0' && err[0] == '\0' &&
	    !is_fault_in(t, SYS_write))
		judge_wrong("status %d, and no message", status);
	if (!gone)
		end_plain(daemon);
}

static void try_control(const struct scene *scene, const struct scene *start, struct trace *t)
{
	pid_t daemon = plain_start(start);

	if (daemon == 0) {
		judge_wrong("no daemon to begin with");
		return;
	}
	trace_start(t);
	trace_settle(t);
	if (t->hung)
		judge_wrong("it hangs");
	trace_end(t, SIGKILL);
	check_control(scene, t, daemon);
	check_next_start(start);
}

int scene_try(const struct scene *scene, const struct scene *start, struct trace *t, char *problem,
              size_t size)
{
	judge_begin(problem, size);
	t->argv = scene->argv;
	t->envp = scene->envp;
	t->all_of_copies = scene->copies_linked;
	clean();
	if (scene->is_control)
		try_control(scene, start, t);
	else
		try_start(scene, t);
	clean();
	return problem[0] != '\0' ? -1 : 0;
}

/* ---- the list */

static char *join(const char *a, const char *b)
{
	char *joined = NULL;

	return asprintf(&joined, "%s%s", a, b) < 0 ? NULL : joined;
}

#define COMMON "DAEMONIZE_PIDFILE=" PIDFILE, "DAEMONIZE_LOGFILE=d.log", SHORT

int scene_list(struct scene *scenes, const struct programs *p)
{
	const char *preload = join("LD_PRELOAD=", p->library);
	const struct scene list[] = {
		{ "preload", 0, 1, { p->target }, { preload, COMMON } },
		{ "preload-bare",
		  0,
		  1,
		  { p->target },
		  { preload, "DAEMONIZE_PIDFILE=" PIDFILE, SHORT } },
		{ "preload-notify",
		  0,
		  1,
		  { p->target },
		  { preload, COMMON, "DAEMONIZE_READY=notify" } },
		{ "preload-alive",
		  0,
		  1,
		  { p->target },
		  { preload, COMMON, "DAEMONIZE_READY=alive=0.02" } },
		{ "preload-user",
		  0,
		  1,
		  { p->target },
		  { preload, COMMON, "DAEMONIZE_USER=1:1", "DAEMONIZE_UMASK=027",
		    "DAEMONIZE_WORKDIR=/" } },
		{ "preload-chroot",
		  0,
		  1,
		  { p->target },
		  { preload, COMMON, "DAEMONIZE_CHROOT=/", "DAEMONIZE_USER=1:1" } },
		{ "dstart", 0, 1, { p->dstart, "--", p->target }, { COMMON } },
		{ "dstart-static", 0, 0, { p->dstart, "--", p->target_static }, { COMMON } },
		{ "dstart-static-alive",
		  0,
		  0,
		  { p->dstart, "--", p->target_static },
		  { COMMON, "DAEMONIZE_READY=alive=0.02" } },
		{ "dsig-term", 1, 0, { p->dsig, "term", "./" PIDFILE }, { NULL } },
		{ "dsig-stop", 1, 0, { p->dsig, "stop", "-t", "1", "-k", "./" PIDFILE }, { NULL } },
		{ "dsig-status", 1, 0, { p->dsig, "status", "./" PIDFILE }, { NULL } },
		{ "dsig-status-json",
		  1,
		  0,
		  { p->dsig, "status", "--json", "./" PIDFILE },
		  { NULL } },
	};
	const int count = sizeof list / sizeof *list;

	(void)memcpy(scenes, list, sizeof list);
	return count;
}
