/* SPDX-License-Identifier: MIT */
#include "daemon/reopen.h"

#include "base/sys.h"
#include "daemon/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int reopen(const char *path, mode_t mode)
{
	const int flags =
		O_WRONLY | O_APPEND | O_LARGEFILE | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(path, flags | O_CREAT | O_EXCL, 0600);

	if (fd >= 0)
		(void)fchmod(fd, mode);
	else if (errno == EEXIST)
		fd = open(path, flags);
	if (fd >= 0)
		(void)fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

/* In whatever thread the signal finds; only async-signal-safe calls. dup2
 * swaps the descriptor in one step, so no line of another thread is lost. */
static void on_signal(int number)
{
	const struct plan *plan = sealed_plan();
	const char *files[] = { plan_text(plan, plan->out), plan_text(plan, plan->err) };
	const mode_t mode = (mode_t)plan->logfile_mode;
	int saved = errno;
	int joint = files[0] != NULL && files[1] != NULL && strcmp(files[0], files[1]) == 0;

	(void)number;
	for (int i = 0; i < 2; i++) {
		int fd = files[i] != NULL && !(joint && i == 1) ? reopen(files[i], mode) : -1;

		if (fd < 0)
			continue;
		(void)dup2(fd, STDOUT_FILENO + i);
		if (joint)
			(void)dup2(fd, STDERR_FILENO);
		sys_close(fd);
	}
	errno = saved;
}

int reopen_arm(int number)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_ONSTACK };

	(void)sigfillset(&action.sa_mask);
	return sigaction(number, &action, NULL);
}
