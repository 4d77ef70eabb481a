/* SPDX-License-Identifier: MIT */
/* sandbox [--kill] FILE
 * Writes its pid to FILE, then allows itself no system call but those it needs itself:
 * waiting for TERM, and ending. All others fail with EPERM, or with --kill end
 * the process by SIGSYS. */
#include "args.h"
#include "filter.h"
#include "say.h"
#include "stay.h"

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint32_t allowed[] = { SYS_rt_sigsuspend, SYS_rt_sigreturn, SYS_exit, SYS_exit_group };
#define ALLOWED (sizeof allowed / sizeof *allowed)

static int close_in(uint32_t otherwise)
{
	struct filter_step steps[2 * ALLOWED + 2] = { FILTER_NUMBER };
	struct filter filter = { 1, steps };

	for (size_t i = 0; i < ALLOWED; i++) {
		steps[filter.len++] = FILTER_UNLESS(allowed[i]);
		steps[filter.len++] = FILTER_ANSWER(FILTER_ALLOW);
	}
	/* cppcheck-suppress unreadVariable */
	steps[filter.len++] = FILTER_ANSWER(otherwise);
	return filter_install(&filter);
}

int main(int argc, char **argv)
{
	struct args args;
	int kills;

	(void)argc;
	args_begin(&args, argv, "sandbox [--kill] FILE");
	kills = args_flag(&args, "--kill");
	stay_begin();
	say("pid=%ld\n", (long)getpid());
	if (say_to(args_need(&args)) != 0 ||
	    close_in(kills ? FILTER_KILL : FILTER_FAIL(EPERM)) != 0) {
		perror("sandbox");
		return 1;
	}
	stay_until_term();
	return 0;
}
