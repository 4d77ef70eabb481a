/* SPDX-License-Identifier: MIT */
#include "ready/attend.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

/* Signals that do not end a process by default or cannot be caught, and two that
 * libc uses between its threads, which wait for them. */
static int harmless(int number)
{
	static const unsigned char none[] = { SIGKILL, SIGSTOP,  SIGCONT, SIGTSTP, SIGTTIN,
		                              SIGTTOU, SIGWINCH, SIGURG,  32,      33 };

	for (unsigned i = 0; i < sizeof none; i++)
		if (none[i] == number)
			return 1;
	return 0;
}

/* Does the host have other threads? Its constructors may have started some; if not,
 * none can appear meanwhile. Each thread is a subdirectory of task, and so one of
 * its links. */
static int has_threads(void)
{
	struct sys_stat tasks;

	return sys_stat(AT_FDCWD, "/proc/self/task", 0, &tasks) < 0 || tasks.nlink != 3;
}

/* The signals are blocked in our thread only. Another thread that receives one
 * passes it on to ours. */
static void hand_on(int number)
{
	const pid_t pid = sys_getpid();

	if (sys_gettid() != pid)
		(void)sys_tgkill(pid, pid, number);
}

static void handle(sys_sigset signals, void (*handler)(int))
{
	for (int number = 1; number <= SYS_SIGNALS; number++)
		if ((signals & SYS_SIGNAL_BIT(number)) != 0)
			(void)sys_sighandler(number, handler, SA_RESTART | SA_ONSTACK);
}

void attend_begin(struct attend *a)
{
	a->signals = a->actions = 0;
	for (int number = 1; number <= SYS_SIGNALS; number++) {
		void (*action)(int) = sys_sighandler_now(number);

		if (action != SIG_DFL)
			a->actions |= SYS_SIGNAL_BIT(number);
		if (!harmless(number) && action != SIG_IGN)
			a->signals |= SYS_SIGNAL_BIT(number);
	}
	a->handled = has_threads();
	if (a->handled) /* they may change any of them meanwhile */
		a->actions = SYS_SIGNALS_ALL;
	attend_expose(a, 0);
}

void attend_expose(const struct attend *a, int on)
{
	if (on && a->handled)
		handle(a->signals, SIG_DFL);
	(void)sys_sigmask(on ? SIG_UNBLOCK : SIG_BLOCK, a->signals, NULL);
	if (!on && a->handled)
		handle(a->signals, hand_on);
}

int attend_open(struct attend *a)
{
	a->fd = sys_raise(sys_signalfd(a->signals, SFD_CLOEXEC | SFD_NONBLOCK));
	return a->fd < 0 ? a->fd : 0;
}

int attend_signal(const struct attend *a)
{
	int number;

	do
		number = sys_sigpending_take(a->signals);
	while (number == SIGCHLD);
	return number > 0 ? number : 0;
}
