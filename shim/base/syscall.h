/* SPDX-License-Identifier: MIT */
/* syscall - the system call instruction of each architecture.
 *
 * In a host process any function of libc may have been replaced: bash has its own
 * unsetenv, and other preloaded libraries interpose close, execve, clock_gettime
 * and syscall itself. So none is called. The result is the kernel's, -errno for an
 * error. errno is left alone, because code between clone and exec would share it
 * with the launcher. */
#ifndef SYSCALL_H
#define SYSCALL_H

#include <sys/syscall.h>

/* syscall_raw: one call with six arguments, of which unused ones are 0. */
/* Static analysers do not see what the instruction writes, so they get libc's
 * function. */
#if defined __clang_analyzer__
#define SYSCALL_LIBC
#elif defined __x86_64__ && !defined __ILP32__
static inline long syscall_raw(long number, long a, long b, long c, long d, long e, long f)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
	                 : "rcx", "r11", "memory");
	return result;
}
#elif defined __i386__
/* The sixth argument goes into ebp, which may be the frame pointer, so the assembly
 * saves it. The push moves esp, so no operand may be addressed relative to it. */
static inline long syscall_raw(long number, long a, long b, long c, long d, long e, long f)
{
	const long number_and_f[2] = { number, f };
	long result;

	__asm__ volatile("pushl %%ebp\n\t"
	                 "movl 4(%%eax), %%ebp\n\t"
	                 "movl (%%eax), %%eax\n\t"
	                 "int $0x80\n\t"
	                 "popl %%ebp"
	                 : "=a"(result)
	                 : "a"(number_and_f), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
	                 : "memory");
	return result;
}
#elif defined __aarch64__
static inline long syscall_raw(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
	                 : "+r"(x0)
	                 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
	                 : "memory");
	return x0;
}
#elif defined __arm__ && defined __ARM_EABI__
/* r7 is the frame pointer of Thumb code, so the assembly saves it. */
static inline long syscall_raw(long number, long a, long b, long c, long d, long e, long f)
{
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;
	register long r4 __asm__("r4") = e;
	register long r5 __asm__("r5") = f;

	__asm__ volatile("mov ip, r7\n\tmov r7, %[number]\n\tsvc 0\n\tmov r7, ip"
	                 : "+r"(r0)
	                 : [number] "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
	                 : "memory", "ip");
	return r0;
}
#elif defined __riscv && __riscv_xlen == 64
static inline long syscall_raw(long number, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = number;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
	                 : "+r"(a0)
	                 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
	                 : "memory");
	return a0;
}
#else
#define SYSCALL_LIBC
#endif

#ifdef SYSCALL_LIBC
#include <errno.h>
#include <unistd.h>
static inline long syscall_raw(long number, long a, long b, long c, long d, long e, long f)
{
	int saved = errno;
	long result = syscall(number, a, b, c, d, e, f);

	result = result == -1 ? -errno : result;
	errno = saved;
	return result;
}
#endif

/* sys_call(number, ...): up to six arguments, pointers or integers. */
#define SYSCALL_PICK(n, a, b, c, d, e, f, ...)                                                     \
	syscall_raw((long)(n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define sys_call(...) SYSCALL_PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

#endif
