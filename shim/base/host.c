/* SPDX-License-Identifier: MIT */
#include "base/host.h"

#include "base/sys.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef GUEST /* tools link their libc normally */
#pragma weak environ
#pragma weak getauxval
#pragma weak setvbuf
#pragma weak stdout
#define HAVE(symbol) (&(symbol) != NULL)
#else
#define HAVE(symbol) 1
#endif

/* The environment, if there is no libc or it is initialized after us: glibc's
 * loader passes argv, and the environment follows it. Stored among the constants,
 * because a writable page would cost every process one page more. */
static char **passed __attribute__((section(".data.rel.ro.passed")));

char **host_environ(void)
{
	return HAVE(environ) && environ != NULL ? environ : passed;
}

/* Searches the auxiliary vector, which follows the environment. */
static unsigned long auxval(char **env, unsigned long type)
{
	const unsigned long *entry;

	while (env != NULL && *env != NULL)
		env++;
	if (env == NULL)
		return 0;
	for (entry = (const unsigned long *)(const void *)(env + 1); entry[0] != AT_NULL;
	     entry += 2)
		if (entry[0] == type)
			return entry[1];
	return 0;
}

unsigned long host_auxval(unsigned long type)
{
	return HAVE(getauxval) ? getauxval(type) : auxval(host_environ(), type);
}

void host_begin(int argc, char **argv)
{
	uintptr_t size, page;

	if (HAVE(environ) && environ != NULL)
		return;
	size = auxval(argv + argc + 1, AT_PAGESZ);
	page = (uintptr_t)&passed & ~(size - 1);
	if (sys_mprotect((void *)page, size, PROT_READ | PROT_WRITE) < 0) /* NOLINT: an address */
		return;
	passed = argv + argc + 1;
	(void)sys_mprotect((void *)page, size, PROT_READ); /* NOLINT */
}

void host_buffer_lines(void)
{
	if (HAVE(setvbuf) && HAVE(stdout))
		(void)setvbuf(stdout, NULL, _IOLBF, 0);
}
