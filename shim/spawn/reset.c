/* SPDX-License-Identifier: MIT */
#include "spawn/reset.h"

#include "base/sys.h"
#include "base/text.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define BLIND_LIMIT 65536

void reset_signals(void)
{
	for (int number = 1; number <= SYS_SIGNALS; number++)
		(void)sys_sighandler(number, SIG_DFL, 0);
	(void)sys_sigmask(SIG_SETMASK, 0, NULL);
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
	int dir = sys_open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	int closed = 1;

	if (dir < 0)
		return dir;
	while (closed > 0) {
		int n;

		closed = 0;
		(void)sys_rewind(dir);
		while ((n = sys_getdents(dir, batch, sizeof batch)) > 0)
			for (int at = 0; at < n;) {
				const struct entry *e = (const void *)(batch + at);
				long long fd;

				at += e->length;
				if (text_number(e->name, 0, INT_MAX, &fd) < 0 || fd < first ||
				    fd > last || fd == dir)
					continue;
				sys_close((int)fd);
				closed += sys_fcntl((int)fd, F_GETFD, 0) < 0;
			}
	}
	sys_close(dir);
	return 0;
}

/* Never a loop to the limit of descriptors where that is large: with a
 * thousand million, it takes minutes. */
static void close_span(unsigned first, unsigned last)
{
	uint64_t limit;

	if (sys_close_range(first, last, 0) == 0 || close_shown(first, last) == 0)
		return;
	limit = sys_descriptor_limit();
	if (limit > BLIND_LIMIT)
		limit = BLIND_LIMIT;
	for (unsigned fd = first; fd <= last && fd < limit; fd++)
		sys_close((int)fd);
}

static void close_others(const struct reset_descriptors *d)
{
	unsigned next = 3;

	for (unsigned i = 0; i < d->keep_count; i++) {
		if (d->keep[i].first > next)
			close_span(next, d->keep[i].first - 1);
		next = d->keep[i].last + 1;
	}
	close_span(next, INT_MAX);
}

int reset_descriptors(const struct reset_descriptors *d)
{
	const int standard[] = { d->in, d->out, d->err };

	for (int fd = 0; fd < 3; fd++) {
		int r = sys_dup2(standard[fd], fd);

		if (r < 0)
			return r;
	}
	for (unsigned i = 0; i < d->keep_count; i++)
		for (unsigned fd = d->keep[i].first; fd <= d->keep[i].last; fd++)
			(void)sys_fcntl((int)fd, F_SETFD, 0);
	if (!d->keep_all)
		close_others(d);
	return 0;
}
