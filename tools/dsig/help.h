/* SPDX-License-Identifier: MIT */
/* help - dsig's options: one table, of which the parser and the help are
 * made. */
#ifndef HELP_H
#define HELP_H

struct help_option {
	int letter;                 /* what the parser knows it by */
	int is_short;               /* -LETTER is an option; else it has a long name only */
	const char *name, *operand; /* NULL: none */
	const char *help;           /* a line */
};

#define HELP_OPTIONS 14
extern const struct help_option help_options[HELP_OPTIONS];

/* Print, and return 0. */
int help_print(void);
int help_version(void);

#endif
