/* SPDX-License-Identifier: MIT */
#include "cmdline.h"

#include "base/report.h"

#include <stdio.h>
#include <string.h>

struct own {
	const char *name;
	char letter;
	const char *help;
	size_t flag;
};

static const struct own own_table[] = {
	{ "dry-run", 'N', "show what would happen, start nothing",
	  offsetof(struct cmdline, dry_run) },
	{ "help", 'h', "show this help", offsetof(struct cmdline, help) },
	{ "version", 'V', "show the version", offsetof(struct cmdline, version) },
};
#define OWN_COUNT (sizeof own_table / sizeof *own_table)

static char lower(char c)
{
	return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const char *cmdline_long(const struct setting *option, char *buffer)
{
	size_t len = strlen(option->name);

	/* DAEMONIZE itself is what dstart is for; what has no help is dsig's alone. */
	if (len == 0 || len >= CMDLINE_LONG || option->help[0] == '\0')
		return NULL;
	for (size_t i = 0; i <= len; i++)
		buffer[i] = lower(option->name[i]);
	return buffer;
}

void cmdline_help(void)
{
	char name[CMDLINE_LONG], left[80];

	puts("Usage: dstart [OPTION]... [--] PROGRAM [ARG]...\n"
	     "Start PROGRAM as a daemon; return when it is ready, or say why it is not.\n");
	for (unsigned i = 0; i < options_count; i++) {
		const struct setting *o = &options_table[i];

		if (cmdline_long(o, name) == NULL)
			continue;
		(void)snprintf(left, sizeof left, "%c%c%c --%s%s%s", o->letter ? '-' : ' ',
		               o->letter ? o->letter : ' ', o->letter ? ',' : ' ', name,
		               o->operand != NULL ? "=" : "", o->operand != NULL ? o->operand : "");
		printf("  %-28s %s\n", left, o->help);
	}
	for (unsigned i = 0; i < OWN_COUNT; i++) {
		(void)snprintf(left, sizeof left, "-%c, --%s", own_table[i].letter,
		               own_table[i].name);
		printf("  %-28s %s\n", left, own_table[i].help);
	}
	puts("\nEach option but the last three is the variable DAEMONIZE_OPTION, which may stand\n"
	     "in the environment instead. Exit status: 0 ready, 64 usage, 67 no such user,\n"
	     "69 died or not ready, 71 system error, 73 pid or log file, 75 already running,\n"
	     "77 not permitted, 78 bad value, 126 not executable, 127 not found.\n"
	     "See dstart(1), libdaemonize(7).");
}

static int set_own(struct cmdline *own, const struct own *row)
{
	*(int *)((char *)own + row->flag) = 1;
	return 0;
}

static int usage(const char *what, const char *option)
{
	report_line(option, ": ", what, "; dstart --help shows the options");
	return -1;
}

/* Goes on to the next word of the command line, if there is one. */
static const char *next_word(char ***argv)
{
	return (*argv)[1] != NULL ? *++*argv : NULL;
}

/* "--name", "--name=value" or "--name value". */
static int read_long(struct cmdline *own, struct options *o, char ***argv)
{
	const char *word = **argv + 2;
	size_t len = strcspn(word, "=");
	const char *value = word[len] == '=' ? word + len + 1 : NULL;
	char name[CMDLINE_LONG];

	for (unsigned i = 0; i < OWN_COUNT; i++)
		if (text_is(own_table[i].name, word, len))
			return value != NULL ? usage("takes no value", **argv)
			                     : set_own(own, &own_table[i]);
	for (unsigned i = 0; i < options_count; i++) {
		const struct setting *option = &options_table[i];

		if (cmdline_long(option, name) == NULL || !text_is(name, word, len))
			continue;
		if (value == NULL && option->operand == NULL)
			value = "1";
		else if (value == NULL)
			value = next_word(argv);
		if (value == NULL)
			return usage("needs a value", **argv);
		return options_assign(o, option, value);
	}
	return usage("unknown option", **argv);
}

static const struct setting *by_letter(char letter)
{
	for (unsigned i = 0; i < options_count; i++)
		if (options_table[i].letter == letter)
			return &options_table[i];
	return NULL;
}

static const struct own *own_by_letter(char letter)
{
	for (unsigned i = 0; i < OWN_COUNT; i++)
		if (own_table[i].letter == letter)
			return &own_table[i];
	return NULL;
}

/* "-p FILE", "-pFILE", "-vh". */
static int read_short(struct cmdline *own, struct options *o, char ***argv)
{
	const char *word = **argv;

	for (const char *c = word + 1; *c != '\0'; c++) {
		const struct setting *option = by_letter(*c);
		const struct own *row = own_by_letter(*c);

		if (row != NULL) {
			(void)set_own(own, row);
		} else if (option == NULL) {
			return usage("unknown option", word);
		} else if (option->operand == NULL) {
			(void)options_assign(o, option, "1");
		} else {
			const char *value = c[1] != '\0' ? c + 1 : next_word(argv);

			return value == NULL ? usage("needs a value", word)
			                     : options_assign(o, option, value);
		}
	}
	return 0;
}

int cmdline_read(struct cmdline *own, struct options *o, char **argv)
{
	int wrong = 0;

	memset(own, 0, sizeof *own);
	while (*++argv != NULL && **argv == '-' && (*argv)[1] != '\0') {
		if (strcmp(*argv, "--") == 0) {
			argv++;
			break;
		}
		if (((*argv)[1] == '-' ? read_long : read_short)(own, o, &argv) < 0)
			wrong = -1;
	}
	own->program = argv;
	return wrong;
}
