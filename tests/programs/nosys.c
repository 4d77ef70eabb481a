/* SPDX-License-Identifier: MIT */
/* nosys NUMBER... -- PROGRAM [ARG]...
 * Runs PROGRAM on a kernel that seems not to have these system calls: they
 * fail with ENOSYS. */
#include "args.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

/* As in <linux/filter.h> and <linux/seccomp.h>, which musl's compiler lacks. */
struct instruction {
	uint16_t code;
	uint8_t if_true, if_false;
	uint32_t k;
};
struct program {
	unsigned short len;
	const struct instruction *filter; /* cppcheck-suppress unusedStructMember */
};
#define LOAD_NUMBER                                                                                \
	{                                                                                          \
		0x20, 0, 0, 0                                                                      \
	}
#define SKIP_UNLESS(n)                                                                             \
	{                                                                                          \
		0x15, 0, 1, (n)                                                                    \
	}
#define RETURN(k)                                                                                  \
	{                                                                                          \
		0x06, 0, 0, (k)                                                                    \
	}
#define FAIL (0x00050000u | ENOSYS)
#define ALLOW 0x7fff0000u
#define MODE_FILTER 2

#define CALLS_MAX 16

int main(int argc, char **argv)
{
	struct instruction code[2 * CALLS_MAX + 2] = { LOAD_NUMBER };
	struct program program = { 1, code };
	struct args args;

	(void)argc;
	args_begin(&args, argv, "nosys NUMBER... -- PROGRAM [ARG]...");
	while (!args_flag(&args, "--")) {
		const uint32_t number = (uint32_t)args_need_number(&args);

		if (program.len > 2 * CALLS_MAX)
			args_wrong(&args);
		code[program.len++] = (struct instruction)SKIP_UNLESS(number);
		code[program.len++] = (struct instruction)RETURN(FAIL);
	}
	/* cppcheck-suppress unreadVariable */
	code[program.len++] = (struct instruction)RETURN(ALLOW);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, MODE_FILTER, &program) < 0) {
		perror("seccomp");
		return 1;
	}
	args_need(&args);
	execvp(args.at[-1], args.at - 1);
	perror(args.at[-1]);
	return 127;
}
