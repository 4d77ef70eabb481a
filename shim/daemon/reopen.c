/* SPDX-License-Identifier: MIT */
#include "daemon/reopen.h"

#include "base/sys.h"
#include "daemon/sealed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The real-time signals from 32 on that libc has for itself. */
#ifdef __GLIBC__
#define LIBC_LAST 33
#else
#define LIBC_LAST 34
#endif

static int reopen(const char *path, mode_t mode)
{
	const int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = sys_open(path, flags | O_CREAT | O_EXCL, 0600);

	if (fd >= 0)
		(void)sys_fchmod(fd, mode);
	else if (fd == -EEXIST)
		fd = sys_open(path, flags, 0);
	if (fd >= 0)
		(void)sys_fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

/* In whatever thread the signal finds; only system calls. dup2
 * swaps the descriptor in one step, so no line of another thread is lost. */
static void on_signal(int number)
{
	const struct plan *plan = sealed_plan();
	const char *files[] = { plan_text(plan, plan->out), plan_text(plan, plan->err) };
	const mode_t mode = (mode_t)plan->logfile_mode;
	int joint = files[0] != NULL && files[1] != NULL && strcmp(files[0], files[1]) == 0;

	(void)number;
	for (int i = 0; i < 2; i++) {
		int fd = files[i] != NULL && !(joint && i == 1) ? reopen(files[i], mode) : -1;

		if (fd < 0)
			continue;
		(void)sys_dup2(fd, STDOUT_FILENO + i);
		if (joint)
			(void)sys_dup2(fd, STDERR_FILENO);
		sys_close(fd);
	}
}

int reopen_arm(int number)
{
	if (number >= 32 && number <= LIBC_LAST)
		return -EINVAL;
	return sys_sighandler(number, on_signal, SA_RESTART | SA_ONSTACK);
}
