/* SPDX-License-Identifier: MIT */
#include "stay.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t over;
static sigset_t before;

static void on_term(int sig)
{
	(void)sig;
	over = 1;
}

void stay_begin(void)
{
	struct sigaction act = { .sa_handler = on_term };
	sigset_t term;

	sigemptyset(&act.sa_mask);
	sigaction(SIGTERM, &act, NULL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	sigdelset(&before, SIGTERM);
}

void stay_reset(void)
{
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int stay_over(void)
{
	return over;
}

static struct timespec timespec_of(long ms)
{
	return (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
}

int stay_poll(int fd, short events, long timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	struct timespec t = timespec_of(timeout_ms);

	while (!over) {
		int n = ppoll(&p, 1, timeout_ms < 0 ? NULL : &t, &before);

		if (n >= 0)
			return n > 0 ? p.revents : 0;
		if (errno != EINTR)
			return 0;
	}
	return 0;
}

void stay_until_term(void)
{
	while (!over)
		sigsuspend(&before);
}

int stay_for(long ms)
{
	if (ms > 0)
		stay_poll(-1, 0, ms);
	return over;
}

void stay_sleep(long ms)
{
	struct timespec t = timespec_of(ms);

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}
