/* SPDX-License-Identifier: MIT */
#include "spawn/reset.h"

#include "base/scan.h"
#include "base/sys.h"
#include "base/text.h"

#include <limits.h>
#include <stdint.h>

#define BLIND_LIMIT 65536

void reset_signals(sys_sigset actions)
{
	for (int number = 1; number <= SYS_SIGNALS; number++)
		if ((actions & SYS_SIGNAL_BIT(number)) != 0)
			(void)sys_sighandler(number, SIG_DFL, 0);
	(void)sys_sigmask(SIG_SETMASK, 0, NULL);
}

/* Without close_range(2): closes what /proc shows, and rereads the list until
 * nothing was closed, because closing shifts the offsets in it. Returns 0, or
 * -errno. */
static int close_shown(unsigned first, unsigned last)
{
	struct scan dir;
	int r = scan_open(&dir, "/proc/self/fd"), closed = 1;

	if (r < 0)
		return r;
	while (closed > 0) {
		const char *name;
		long long fd;

		closed = 0;
		scan_rewind(&dir);
		while ((name = scan_entry(&dir)) != NULL) {
			if (text_number(name, 0, INT_MAX, &fd) < 0 || fd < first || fd > last ||
			    fd == dir.fd)
				continue;
			sys_close((int)fd);
			closed += sys_fcntl((int)fd, F_GETFD, 0) < 0;
		}
	}
	scan_close(&dir);
	return 0;
}

/* Never loops up to a large descriptor limit: with 10^9 that takes minutes. */
static void close_span(unsigned first, unsigned last)
{
	uint64_t limit;

	if (sys_close_range(first, last) == 0 || close_shown(first, last) == 0)
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
