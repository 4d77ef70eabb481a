/* SPDX-License-Identifier: MIT */
/* interposed.so - a library that does ask libc, so that the interposer is seen
 * to catch it. */
#include <unistd.h>

__attribute__((constructor)) static void ask(void)
{
	volatile int results[] = { getppid(), close(-1) }; /* no jump in place of the last call */

	(void)results;
}
