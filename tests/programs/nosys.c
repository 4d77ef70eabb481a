/* SPDX-License-Identifier: MIT */
/* nosys [--eperm] NUMBER... -- PROGRAM [ARG]...
 * Runs PROGRAM on a kernel that seems not to have these system calls: they
 * fail with ENOSYS, or with EPERM as in older sandboxes. */
#include "args.h"
#include "filter.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define CALLS_MAX 60

int main(int argc, char **argv)
{
	struct filter_step steps[2 * CALLS_MAX + 2] = { FILTER_NUMBER };
	struct filter filter = { 1, steps };
	struct args args;
	int error;

	(void)argc;
	args_begin(&args, argv, "nosys [--eperm] NUMBER... -- PROGRAM [ARG]...");
	error = args_flag(&args, "--eperm") ? EPERM : ENOSYS;
	while (!args_flag(&args, "--")) {
		const uint32_t number = (uint32_t)args_need_number(&args);

		if (filter.len > 2 * CALLS_MAX)
			args_wrong(&args);
		steps[filter.len++] = FILTER_UNLESS(number);
		steps[filter.len++] = FILTER_ANSWER(FILTER_FAIL(error));
	}
	/* cppcheck-suppress unreadVariable */
	steps[filter.len++] = FILTER_ANSWER(FILTER_ALLOW);
	if (filter_install(&filter) < 0) {
		perror("seccomp");
		return 1;
	}
	args_need(&args);
	execvp(args.at[-1], args.at - 1);
	perror(args.at[-1]);
	return 127;
}
