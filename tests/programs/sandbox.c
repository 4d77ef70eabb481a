/* SPDX-License-Identifier: MIT */
/* sandbox [--kill] FILE
 * Writes its pid to FILE, then allows itself no system call but those it needs itself:
 * waiting for TERM, and ending. All others fail with EPERM, or with --kill end
 * the process by SIGSYS. */
#include "args.h"
#include "say.h"
#include "stay.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
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
#define LOAD_NUMBER 0x20
#define SKIP_UNLESS 0x15
#define RETURN 0x06
#define FAIL (0x00050000u | EPERM)
#define KILL 0x80000000u
#define ALLOW 0x7fff0000u
#define MODE_FILTER 2

static const uint32_t allowed[] = { SYS_rt_sigsuspend, SYS_rt_sigreturn, SYS_exit, SYS_exit_group };
#define ALLOWED (sizeof allowed / sizeof *allowed)

static int close_in(uint32_t otherwise)
{
	struct instruction code[2 * ALLOWED + 2] = { { LOAD_NUMBER, 0, 0, 0 } };
	struct program program = { 1, code };

	for (size_t i = 0; i < ALLOWED; i++) {
		code[program.len++] = (struct instruction){ SKIP_UNLESS, 0, 1, allowed[i] };
		code[program.len++] = (struct instruction){ RETURN, 0, 0, ALLOW };
	}
	/* cppcheck-suppress unreadVariable */
	code[program.len++] = (struct instruction){ RETURN, 0, 0, otherwise };
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	       prctl(PR_SET_SECCOMP, MODE_FILTER, &program) < 0;
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
	if (say_to(args_need(&args)) != 0 || close_in(kills ? KILL : FAIL) != 0) {
		perror("sandbox");
		return 1;
	}
	stay_until_term();
	return 0;
}
