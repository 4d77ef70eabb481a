/* SPDX-License-Identifier: MIT */
#include "log/logger.h"

#include "base/process.h"
#include "base/sys.h"
#include "base/text.h"
#include "spawn/detach.h"
#include "spawn/reset.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define SETTLE_MS 250

struct logger {
	const char *command;
	char *const *envp;
	int input;
	int null;
	int error; /* errno of exec; the memory is shared until then */
};

static void run(void *arg)
{
	struct logger *logger = arg;
	const struct reset_descriptors fds = { .in = logger->input,
		                               .out = logger->null,
		                               .err = logger->null };
	const char *argv[] = { "sh", "-c", logger->command, NULL };
	int r;

	reset_signals(SYS_SIGNALS_ALL);
	r = reset_descriptors(&fds);
	if (r == 0)
		r = sys_execve("/bin/sh", (char *const *)argv, logger->envp);
	logger->error = -r;
	sys_exit(127);
}

/* Waits until the command sleeps, that is, waits for input. Returns 0 if it has
 * ended, else 1, also after SETTLE_MS or without /proc. */
static int settled(pid_t pid, int *wait_status)
{
	struct process_stat stat = { .state = '?' };

	for (int waited = 0; waited < SETTLE_MS; waited++) {
		if (sys_waitpid(pid, wait_status, WNOHANG) == pid)
			return 0;
		if (process_stat(pid, &stat) < 0 || stat.state == 'S')
			break;
		(void)sys_poll(NULL, 0, 1);
	}
	return 1;
}

static int failed(struct failure *why, const char *command, int error)
{
	char shown[TEXT_SHOWN];

	return failure_set(why, STATUS_CANTCREAT, error, "unable to run log command '",
	                   text_quoted(shown, command), "'");
}

static int ended(struct failure *why, const char *command, int wait_status)
{
	char shown[512];
	struct text t;

	text_begin(&t, shown, sizeof shown);
	text_str(&t, "unable to run log command '");
	text_shown(&t, command);
	text_str(&t, "': ");
	report_ending(&t, wait_status);
	return failure_set(why, STATUS_CANTCREAT, 0, shown);
}

static int start(struct logger *logger, pid_t *pid, struct failure *why)
{
	struct detach d = { .body = run, .arg = logger, .heard_fd = -1 };
	int wait_status, r;

	/* As a subreaper we can wait for the command; when we exit, init adopts it. */
	r = sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (r >= 0)
		r = detach_start(&d);
	if (r < 0)
		return failed(why, logger->command, -r);
	if (logger->error != 0)
		return failed(why, logger->command, logger->error);
	*pid = d.pid;
	if (!settled(d.pid, &wait_status))
		return ended(why, logger->command, wait_status);
	return 0;
}

int logger_start(const char *command, char *const *envp, int *fd, pid_t *pid, struct failure *why)
{
	struct logger logger = { .command = command, .envp = envp };
	int ends[2];
	int r = sys_pipe(ends, O_CLOEXEC);

	if (r < 0)
		return failed(why, command, -r);
	logger.input = sys_raise(ends[0]);
	*fd = sys_raise(ends[1]);
	logger.null = sys_raise(sys_open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY, 0));
	r = logger.input < 0 ? logger.input : *fd < 0 ? *fd : logger.null;
	r = r < 0 ? failed(why, command, -r) : start(&logger, pid, why);
	sys_close(logger.input);
	sys_close(logger.null);
	if (r < 0) {
		sys_close(*fd);
		*fd = -1;
	}
	return r;
}
