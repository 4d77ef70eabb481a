/* SPDX-License-Identifier: MIT */
/* clone(2) on a stack of our own, without libc's wrapper, which another library may
 * interpose.
 *
 * HAZARD: the child has the caller's memory but another stack. Compiled code would
 * look for the caller's frame on the wrong stack, so a single block of assembly
 * leads from the system call into function, which never returns. */
#include "base/sys.h"
#include "base/syscall.h"

#include <sched.h>
#include <stdint.h>

#if !defined __x86_64__ && !defined __i386__ && !defined __aarch64__ && !defined __arm__ &&        \
	!defined __riscv
#include <errno.h>
long sys_clone(int (*function)(void *), void *stack_end, unsigned long flags, void *argument,
               pid_t *parent_tid, pid_t *child_tid)
{
	int saved = errno;
	long r = clone(function, stack_end, (int)flags, argument, parent_tid, NULL, child_tid);

	r = r < 0 ? -errno : r;
	errno = saved;
	return r;
}
#else

/* Pushes function and argument onto the new stack, from which the child pops them. */
static void *prepare_stack(void *end, int (*function)(void *), void *argument)
{
	uintptr_t *top = (uintptr_t *)((uintptr_t)end & ~(uintptr_t)15); /* NOLINT: an address */

#if defined __i386__
	/* The ABI wants the argument on the stack, aligned to 16 at the call. */
	top -= 16 / sizeof *top;
	*top = (uintptr_t)argument;
	*--top = (uintptr_t)function;
#else
	*--top = (uintptr_t)argument;
	*--top = (uintptr_t)function;
#endif
	return top;
}

/* Makes the system call; the child continues in function. */
#if defined __x86_64__
static long enter(unsigned long flags, void *stack, pid_t *parent_tid, pid_t *child_tid)
{
	register pid_t *r10 __asm__("r10") = child_tid;
	register long r8 __asm__("r8") = 0;
	long result;

	__asm__ volatile("syscall\n\t"
	                 "test %%rax, %%rax\n\t"
	                 "jnz 1f\n\t"
	                 "xorl %%ebp, %%ebp\n\t"
	                 "popq %%rax\n\t"
	                 "popq %%rdi\n\t"
	                 "call *%%rax\n\t"
	                 "hlt\n"
	                 "1:"
	                 : "=a"(result)
	                 : "a"((long)SYS_clone), "D"(flags), "S"(stack), "d"(parent_tid), "r"(r10),
	                   "r"(r8)
	                 : "rcx", "r11", "memory", "cc");
	return result;
}
#elif defined __i386__
static long enter(unsigned long flags, void *stack, pid_t *parent_tid, pid_t *child_tid)
{
	long result;

	__asm__ volatile("int $0x80\n\t"
	                 "testl %%eax, %%eax\n\t"
	                 "jnz 1f\n\t"
	                 "xorl %%ebp, %%ebp\n\t"
	                 "popl %%eax\n\t"
	                 "call *%%eax\n\t"
	                 "hlt\n"
	                 "1:"
	                 : "=a"(result)
	                 : "a"(SYS_clone), "b"(flags), "c"(stack), "d"(parent_tid), "S"(0),
	                   "D"(child_tid)
	                 : "memory", "cc");
	return result;
}
#elif defined __aarch64__
static long enter(unsigned long flags, void *stack, pid_t *parent_tid, pid_t *child_tid)
{
	register long x8 __asm__("x8") = SYS_clone;
	register unsigned long x0 __asm__("x0") = flags;
	register void *x1 __asm__("x1") = stack;
	register pid_t *x2 __asm__("x2") = parent_tid;
	register long x3 __asm__("x3") = 0;
	register pid_t *x4 __asm__("x4") = child_tid;

	__asm__ volatile("svc 0\n\t"
	                 "cbnz x0, 1f\n\t"
	                 "mov x29, xzr\n\t"
	                 "ldp x1, x0, [sp], #16\n\t"
	                 "blr x1\n\t"
	                 "brk #0\n"
	                 "1:"
	                 : "+r"(x0)
	                 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
	                 : "memory", "cc");
	return (long)x0;
}
#elif defined __arm__
static long enter(unsigned long flags, void *stack, pid_t *parent_tid, pid_t *child_tid)
{
	register unsigned long r0 __asm__("r0") = flags;
	register void *r1 __asm__("r1") = stack;
	register pid_t *r2 __asm__("r2") = parent_tid;
	register long r3 __asm__("r3") = 0;
	register pid_t *r4 __asm__("r4") = child_tid;

	__asm__ volatile("mov ip, r7\n\t"
	                 "mov r7, %[number]\n\t"
	                 "svc 0\n\t"
	                 "mov r7, ip\n\t"
	                 "cmp r0, #0\n\t"
	                 "bne 1f\n\t"
	                 "ldr r1, [sp], #4\n\t"
	                 "ldr r0, [sp], #4\n\t"
	                 "blx r1\n\t"
	                 "udf #0\n"
	                 "1:"
	                 : "+r"(r0)
	                 : [number] "i"(SYS_clone), "r"(r1), "r"(r2), "r"(r3), "r"(r4)
	                 : "memory", "cc", "ip", "lr");
	return (long)r0;
}
#else
static long enter(unsigned long flags, void *stack, pid_t *parent_tid, pid_t *child_tid)
{
	register long a7 __asm__("a7") = SYS_clone;
	register unsigned long a0 __asm__("a0") = flags;
	register void *a1 __asm__("a1") = stack;
	register pid_t *a2 __asm__("a2") = parent_tid;
	register long a3 __asm__("a3") = 0;
	register pid_t *a4 __asm__("a4") = child_tid;

	__asm__ volatile("ecall\n\t"
	                 "bnez a0, 1f\n\t"
	                 "ld a1, 0(sp)\n\t"
	                 "ld a0, 8(sp)\n\t"
	                 "addi sp, sp, 16\n\t"
	                 "jalr a1\n\t"
	                 "ebreak\n"
	                 "1:"
	                 : "+r"(a0)
	                 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4)
	                 : "memory");
	return (long)a0;
}
#endif

long sys_clone(int (*function)(void *), void *stack_end, unsigned long flags, void *argument,
               pid_t *parent_tid, pid_t *child_tid)
{
	return enter(flags, prepare_stack(stack_end, function, argument), parent_tid, child_tid);
}
#endif
