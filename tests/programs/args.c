/* SPDX-License-Identifier: MIT */
#include "args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void args_begin(struct args *a, char **argv, const char *usage)
{
	a->usage = usage;
	a->at = *argv != NULL ? argv + 1 : argv;
}

int args_flag(struct args *a, const char *name)
{
	if (*a->at == NULL || strcmp(*a->at, name) != 0)
		return 0;
	a->at++;
	return 1;
}

char *args_need(struct args *a)
{
	if (*a->at == NULL)
		args_wrong(a);
	return *a->at++;
}

long args_need_number(struct args *a)
{
	char *end;
	long n = strtol(args_need(a), &end, 10);

	if (*end != '\0' || n < 0)
		args_wrong(a);
	return n;
}

char *args_or(struct args *a, char *otherwise)
{
	return *a->at != NULL ? *a->at++ : otherwise;
}

_Noreturn void args_wrong(const struct args *a)
{
	fprintf(stderr, "usage: %s\n", a->usage);
	exit(64);
}
