/* SPDX-License-Identifier: MIT */
/* The command line of a test program: flags first, then operands. */
#ifndef TESTS_ARGS_H
#define TESTS_ARGS_H

struct args {
	const char *usage;
	char **at; /* the next argument, NULL at the end */
};

/* Begin after argv[0]; usage is shown, with status 64, when something is wrong. */
void args_begin(struct args *a, char **argv, const char *usage);

/* 1 and one step forward if the next argument is exactly name, else 0. */
int args_flag(struct args *a, const char *name);

/* The next argument and one step forward; ends the program if there is none. */
char *args_need(struct args *a);

/* The same as a number of at least 0. */
long args_need_number(struct args *a);

/* The next argument, or otherwise if there is none. */
char *args_or(struct args *a, char *otherwise);

/* End the program with the usage on stderr, status 64. */
_Noreturn void args_wrong(const struct args *a);

#endif
