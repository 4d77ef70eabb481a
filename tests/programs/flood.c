/* SPDX-License-Identifier: MIT */
/* flood [--stdio] [--stderr] [--pause MS] [COUNT]: numbered lines as fast as
 * possible, until TERM or COUNT lines; each is one write(2), or with --stdio
 * one printf(3) with whatever buffering the stream has. For log files that are
 * rotated or run full, and for line buffering. */
#include "args.h"
#include "stay.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int write_line(int fd, unsigned long n)
{
	char line[32];
	size_t len = (size_t)snprintf(line, sizeof line, "line %lu\n", n);

	return write(fd, line, len) == (ssize_t)len ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct args args;
	int stdio, fd;
	long ms, count;

	(void)argc;
	args_begin(&args, argv, "flood [--stdio] [--stderr] [--pause MS] [COUNT]");
	stdio = args_flag(&args, "--stdio");
	fd = args_flag(&args, "--stderr") ? STDERR_FILENO : STDOUT_FILENO;
	ms = args_flag(&args, "--pause") ? args_need_number(&args) : 0;
	count = *args.at != NULL ? args_need_number(&args) : 0;
	stay_begin();
	for (unsigned long n = 1; count == 0 || n <= (unsigned long)count; n++) {
		FILE *f = fd == STDERR_FILENO ? stderr : stdout;
		int rc = stdio ? (fprintf(f, "line %lu\n", n) > 0 ? 0 : -1) : write_line(fd, n);

		if (rc != 0)
			return 1;
		/* TERM is blocked but during a wait: this is where it gets in. */
		if (stay_poll(-1, 0, ms), stay_over())
			return 0;
	}
	return 0;
}
