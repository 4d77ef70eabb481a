/* SPDX-License-Identifier: MIT */
#include "spawn/reset.h"

#include "base/sys.h"
#include "base/text.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIGNALS 64
#define SIGSET_BYTES 8
#define BLIND_LIMIT 65536

void reset_signals(void)
{
	/* Zeros are SIG_DFL in the kernel's struct sigaction, which libc's
	 * wrapper would not let us give signals 32 to 34. */
	static const unsigned char by_default[64];
	sigset_t none;

	for (int number = 1; number <= SIGNALS; number++)
		(void)syscall(SYS_rt_sigaction, number, by_default, NULL, SIGSET_BYTES);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int close_each(unsigned first, unsigned last)
{
	for (unsigned fd = first; fd <= last; fd++)
		(void)close((int)fd);
	return 0;
}

/* getdents64(2), for opendir allocates. */
struct entry {
	uint64_t ino;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

/* Without close_range: those that /proc shows, from the start again after
 * each batch, for closing moves what a directory offset means. */
static int close_shown(unsigned first, unsigned last)
{
	_Alignas(8) char batch[1024];
	int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int closed = 1;

	if (dir < 0)
		return -1;
	while (closed > 0) {
		long n;

		closed = 0;
		(void)lseek(dir, 0, SEEK_SET);
		while ((n = syscall(SYS_getdents64, dir, batch, sizeof batch)) > 0)
			for (long at = 0; at < n;) {
				const struct entry *e = (const void *)(batch + at);
				long long fd;

				at += e->length;
				if (text_number(e->name, 0, INT_MAX, &fd) < 0 || fd < first ||
				    fd > last || fd == dir)
					continue;
				closed += close((int)fd) == 0;
			}
	}
	sys_close(dir);
	return 0;
}

/* Never a loop to the limit of descriptors where that is large: with a
 * thousand million, it takes minutes. */
static int close_span(unsigned first, unsigned last)
{
	struct rlimit limit;

	if (sys_close_range(first, last, 0) == 0 || close_shown(first, last) == 0)
		return 0;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > BLIND_LIMIT)
		limit.rlim_cur = BLIND_LIMIT;
	return close_each(first, last < limit.rlim_cur ? last : (unsigned)limit.rlim_cur - 1);
}

static int close_others(const struct reset_descriptors *d)
{
	unsigned next = 3;

	for (unsigned i = 0; i < d->keep_count; i++) {
		if (d->keep[i].first > next && close_span(next, d->keep[i].first - 1) < 0)
			return -1;
		next = d->keep[i].last + 1;
	}
	return close_span(next, INT_MAX);
}

int reset_descriptors(const struct reset_descriptors *d)
{
	if (dup2(d->in, STDIN_FILENO) < 0 || dup2(d->out, STDOUT_FILENO) < 0 ||
	    dup2(d->err, STDERR_FILENO) < 0)
		return -1;
	for (unsigned i = 0; i < d->keep_count; i++)
		for (unsigned fd = d->keep[i].first; fd <= d->keep[i].last; fd++)
			(void)fcntl((int)fd, F_SETFD, 0);
	return d->keep_all ? 0 : close_others(d);
}
