/* SPDX-License-Identifier: MIT */
#include "base/host.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <unistd.h>

#ifdef GUEST /* in a tool they are its libc's, as always */
#pragma weak environ
#pragma weak getauxval
#pragma weak setvbuf
#pragma weak stdout
#define HAVE(symbol) (&(symbol) != NULL)
#else
#define HAVE(symbol) 1
#endif

/* Where there is no libc, or it is initialized after us: the arguments are
 * glibc's loader's, and the environment stands behind them. Not written
 * otherwise, for it would be a page more of every process. */
static char **passed;

void host_begin(int argc, char **argv)
{
	if (!HAVE(environ) || environ == NULL)
		passed = argv + argc + 1;
}

char **host_environ(void)
{
	return HAVE(environ) && environ != NULL ? environ : passed;
}

unsigned long host_auxval(unsigned long type)
{
	char **env = host_environ();
	const unsigned long *entry;

	if (HAVE(getauxval))
		return getauxval(type);
	while (env != NULL && *env != NULL)
		env++;
	if (env == NULL)
		return 0;
	/* the kernel puts them behind the environment */
	for (entry = (const unsigned long *)(const void *)(env + 1); entry[0] != AT_NULL;
	     entry += 2)
		if (entry[0] == type)
			return entry[1];
	return 0;
}

void host_buffer_lines(void)
{
	if (HAVE(setvbuf) && HAVE(stdout))
		(void)setvbuf(stdout, NULL, _IOLBF, 0);
}
