/* SPDX-License-Identifier: MIT */
#include "daemon/reopen.h"

#include "base/path.h"
#include "base/sys.h"
#include "daemon/sealed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Opens the directory of path without following symbolic links, and copies the last
 * component to name. Unlike path_resolve() it needs little stack, for the signal
 * handler. Returns a descriptor, or -errno. */
static int find(const char *path, char name[NAME_MAX + 1])
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int dir = sys_open("/", flags, 0);

	while (dir >= 0) {
		size_t len;
		int next;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len <= NAME_MAX) {
			memcpy(name, path, len);
			name[len] = '\0';
			path += len;
			if (path[strspn(path, "/")] == '\0')
				break;
		}
		next = len > NAME_MAX ? -ENAMETOOLONG : sys_openat(dir, name, flags, 0);
		sys_close(dir);
		dir = next;
	}
	return dir;
}

/* Opens the log with the daemon's own rights, by the launcher's rules except that
 * no link is followed: the launcher has resolved the path. Returns a descriptor, or
 * -errno. */
static int reopen(const char *path, mode_t mode, int mark)
{
	const int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	char name[NAME_MAX + 1];
	struct sys_stat in, file;
	int dir = find(path, name), fd = dir;

	if (dir >= 0)
		fd = sys_openat(dir, name, flags | O_CREAT | O_EXCL, 0600);
	if (fd >= 0)
		(void)sys_fchmod(fd, mode);
	else if (fd == -EEXIST)
		fd = sys_openat(dir, name, flags, 0);
	if (fd >= 0 && (sys_fstat(dir, &in) < 0 || sys_fstat(fd, &file) < 0 ||
	                path_planted(&in, &file) || sys_fcntl(fd, F_SETSIG, mark) < 0)) {
		sys_close(fd);
		fd = -EACCES;
	}
	if (fd >= 0)
		(void)sys_fcntl(fd, F_SETFL, O_APPEND);
	sys_close(dir);
	return fd;
}

/* May run in any thread: makes only system calls, and needs little stack. dup2
 * replaces the descriptor atomically, so no line of another thread is lost.
 *
 * The program may have opened a file of its own as descriptor 1 or 2. We recognize
 * our logs by their F_SETSIG value, which we and the launcher set to the signal's
 * number: the kernel never uses it for a regular file. */
static void on_signal(int number)
{
	const struct plan *plan = sealed_plan();
	const char *files[] = { plan_text(plan, plan->out), plan_text(plan, plan->err) };
	const mode_t mode = (mode_t)plan->logfile_mode;
	int joint = files[0] != NULL && files[1] != NULL && strcmp(files[0], files[1]) == 0;
	int marked[2];

	for (int i = 0; i < 2; i++)
		marked[i] = sys_fcntl(STDOUT_FILENO + i, F_GETSIG, 0) == number;
	for (int i = 0; i < 2; i++) {
		int done = joint && i == 1 && marked[0];
		int fd = files[i] != NULL && marked[i] && !done ? reopen(files[i], mode, number)
		                                                : -1;

		if (fd < 0)
			continue;
		(void)sys_dup2(fd, STDOUT_FILENO + i);
		if (joint && i == 0 && marked[1])
			(void)sys_dup2(fd, STDERR_FILENO);
		sys_close(fd);
	}
}

int reopen_arm(int number)
{
	return sys_sighandler(number, on_signal, SA_RESTART | SA_ONSTACK);
}
