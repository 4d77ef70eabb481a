/* SPDX-License-Identifier: MIT */
/* The part of sys.h that is about signals and time. */
#include "base/sys.h"
#include "base/syscall.h"

#include <errno.h>
#include <stddef.h>
#include <sys/eventfd.h>

/* ---- signals */

/* The kernel's struct sigaction, which differs from libc's. */
struct action {
	void (*handler)(int);
	unsigned long flags;
#if !defined __riscv && !defined __loongarch__
	void (*restorer)(void);
#endif
	unsigned char mask[sizeof(sys_sigset)];
};

/* Where a signal handler returns to; only on x86-64 the kernel has no default. */
#ifdef __x86_64__
#define SA_RESTORER_ 0x04000000UL
void sys_sigreturn(void) __attribute__((visibility("hidden")));
__asm__(".text\n"
        ".globl sys_sigreturn\n" /* with -flto, its user may be in another unit */
        ".hidden sys_sigreturn\n"
        ".type sys_sigreturn, @function\n"
        "sys_sigreturn:\n\t"
        "movl $15, %eax\n\t"
        "syscall\n"
        ".size sys_sigreturn, . - sys_sigreturn\n");
#endif

int sys_sighandler(int number, void (*handler)(int), int flags)
{
	struct action action = { .handler = handler, .flags = (unsigned long)(unsigned)flags };

#ifdef SA_RESTORER_
	action.flags |= SA_RESTORER_;
	action.restorer = sys_sigreturn;
#endif
	for (unsigned i = 0; i < sizeof action.mask; i++)
		action.mask[i] = 0xFF;
	return (int)sys_call(SYS_rt_sigaction, number, &action, NULL, sizeof action.mask);
}

void (*sys_sighandler_now(int number))(int)
{
	struct action action = { .handler = SIG_DFL };

	if (sys_call(SYS_rt_sigaction, number, NULL, &action, sizeof action.mask) < 0)
		return SIG_DFL;
	return action.handler;
}

int sys_sigmask(int how, sys_sigset set, sys_sigset *old)
{
	return (int)sys_call(SYS_rt_sigprocmask, how, &set, old, sizeof set);
}

int sys_sigpending_take(sys_sigset set)
{
	static const long long at_once[2]; /* zero in every layout of struct timespec */
	int r;

	do
		r = (int)sys_call(SYS_rt_sigtimedwait, &set, NULL, at_once, sizeof set);
	while (r == -EINTR);
	return r > 0 ? r : 0;
}

int sys_eventfd(void)
{
	return (int)sys_call(SYS_eventfd2, 0, EFD_CLOEXEC);
}

int sys_signalfd(sys_sigset set, int flags)
{
	return (int)sys_call(SYS_signalfd4, -1, &set, sizeof set, flags);
}

/* ---- time */

int64_t sys_clock(int clock)
{
	long narrow[2];

#ifdef SYS_clock_gettime64
	int64_t wide[2];

	if (sys_call(SYS_clock_gettime64, clock, wide) == 0)
		return wide[0] * SYS_NSEC + wide[1];
#endif
	if (sys_call(SYS_clock_gettime, clock, narrow) < 0)
		return 0;
	return (int64_t)narrow[0] * SYS_NSEC + narrow[1];
}
