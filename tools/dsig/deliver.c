/* SPDX-License-Identifier: MIT */
#include "deliver.h"

#include "base/clock.h"
#include "base/process.h"
#include "base/sys.h"

#include <errno.h>
#include <stddef.h>

#define NAP_FIRST_MS 1
#define NAP_MAX_MS 100

int deliver_signal(struct process_ref process, int signal)
{
	if (process.pidfd < 0)
		return sys_kill(process.pid, signal);
	return sys_pidfd_signal(process.pidfd, signal);
}

/* What is left of ms since start, as a timeout of poll(2); -1: forever. */
static int left(int ms, long long start)
{
	long long passed = clock_ms() - start;

	if (ms < 0)
		return -1;
	return passed < ms ? (int)(ms - passed) : 0;
}

static int await_by_pidfd(int pidfd, int ms)
{
	const long long start = clock_ms();
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };
	int r;

	do
		r = sys_poll(&ended, 1, left(ms, start));
	while (r == -EINTR);
	return r;
}

/* Is pid still the process described by first (NULL: unknown), and running? */
static int still(pid_t pid, const struct process_stat *first)
{
	struct process_stat now;
	int r;

	if (process_stat(pid, &now) < 0) {
		r = first == NULL ? sys_kill(pid, 0) : -ESRCH;
		return r == 0 || r == -EPERM;
	}
	return !now.ended && (first == NULL || now.start_ticks == first->start_ticks);
}

static int await_by_number(pid_t pid, int ms)
{
	const long long start = clock_ms();
	struct process_stat stat;
	const struct process_stat *first = process_stat(pid, &stat) == 0 ? &stat : NULL;
	int nap = NAP_FIRST_MS;

	while (still(pid, first)) {
		int rest = left(ms, start);

		if (rest == 0)
			return 0;
		(void)sys_poll(NULL, 0, rest > 0 && rest < nap ? rest : nap);
		nap = nap * 2 < NAP_MAX_MS ? nap * 2 : NAP_MAX_MS;
	}
	return 1;
}

int deliver_await_end(struct process_ref process, int ms)
{
	return process.pidfd >= 0 ? await_by_pidfd(process.pidfd, ms)
	                          : await_by_number(process.pid, ms);
}
