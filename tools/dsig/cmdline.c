/* SPDX-License-Identifier: MIT */
#include "cmdline.h"

#include "base/report.h"
#include "base/text.h"
#include "help.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define LOG_LINES 10

/* ---- errors */

#define usage(...) (report_line(__VA_ARGS__), STATUS_USAGE)

static int bad_value(const char *option, const char *value, const char *allowed)
{
	char shown[512];
	struct text t;

	text_begin(&t, shown, sizeof shown);
	text_shown(&t, value);
	return usage(option, ": '", shown, "': ", allowed);
}

static int unknown_command(const struct cmdline *o, const char *word)
{
	const char *near = command_nearest(word, &o->own);
	char shown[512];
	struct text t;

	text_begin(&t, shown, sizeof shown);
	text_shown(&t, word);
	if (near == NULL)
		return usage("unknown command '", shown, "'; dsig --help lists them");
	return usage("unknown command '", shown, "'; the nearest is '", near, "'");
}

/* ---- options */

static void add_operand(struct cmdline *o, const char *text, int is_path)
{
	o->operands[o->count++] = (struct operand){ text, is_path };
}

/* One option. Returns -1 to go on, or the status to exit with. */
static int take(struct cmdline *o, int letter, const char *value)
{
	static const char time_allowed[] = "seconds, fractions allowed";
	long long n;

	switch (letter) {
	case 'c':
		if (command_define(&o->own, value, strlen(value)) < 0)
			return bad_value("-c", value, command_allowed);
		break;
	case 'o':
		o->force = 1;
		break;
	case 'F':
		o->follow = 1;
		break;
	case 'j':
		o->json = 1;
		break;
	case 'k':
		o->kill = 1;
		break;
	case 'l':
		if (text_number(value, 0, 1000000, &n) < 0)
			return bad_value("--lines", value, "a number up to 1000000");
		o->lines = (int)n;
		break;
	case 'n':
		o->dry_run = 1;
		break;
	case 'p':
		add_operand(o, value, 1);
		break;
	case 'q':
		o->quiet = 1;
		break;
	case 't':
		if (text_seconds(value, &o->timeout_ms) < 0)
			return bad_value("-t", value, time_allowed);
		break;
	case 'w':
		if (text_seconds(value, &o->wait_ms) < 0)
			return bad_value("-w", value, time_allowed);
		break;
	case 'h':
		return help_print();
	case 'V':
		return help_version();
	default:
		break;
	}
	return -1;
}

static void getopt_tables(char *letters, struct option *names)
{
	*letters++ = ':';
	for (size_t i = 0; i < HELP_OPTIONS; i++) {
		if (help_options[i].name != NULL)
			*names++ = (struct option){ help_options[i].name,
				                    help_options[i].operand != NULL, NULL,
				                    help_options[i].letter };
		if (help_options[i].is_short) {
			*letters++ = (char)help_options[i].letter;
			if (help_options[i].operand != NULL)
				*letters++ = ':';
		}
	}
	*letters = '\0';
	*names = (struct option){ NULL, 0, NULL, 0 };
}

/* optopt is 0 for a long option, and for a known one its letter. */
static int bad_option(int c, char *const *argv)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	const char *last = argv[optind - 1]; /* NULL: musl steps beyond the end */
	const char *name = last != NULL && strncmp(last, "--", 2) == 0 ? last : letter;

	if (c == ':')
		return usage(name, ": needs a value; see dsig --help");
	return usage("unknown option ", name, "; see dsig --help");
}

/* Reads all options; used, all zero, becomes the letters that were given. */
static int read_options(struct cmdline *o, int argc, char **argv, char *used)
{
	char letters[2 * HELP_OPTIONS + 2];
	struct option names[HELP_OPTIONS + 1];
	int c;

	getopt_tables(letters, names);
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		int status;

		if (c == '?' || c == ':')
			return bad_option(c, argv);
		status = take(o, c, optarg);
		if (status >= 0)
			return status;
		if (strchr(used, c) == NULL)
			used[strlen(used)] = (char)c;
	}
	return -1;
}

/* An option that the command has no use for is a mistake worth knowing. */
static int check_used(struct cmdline *o, const char *used)
{
	const char *name = o->command.name;

	for (; *used != '\0'; used++) {
		const struct help_option *r = help_options;

		if (strchr("cpq", *used) != NULL || strchr(o->command.takes, *used) != NULL)
			continue;
		while (r->letter != *used)
			r++;
		return usage("the command ", name, " has no use for ",
		             r->name != NULL ? "--" : "-f", r->name != NULL ? r->name : "");
	}
	return -1;
}

/* ---- environment */

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* DAEMONIZE_REOPEN is a definition like others, and the weakest. */
static int read_own(struct cmdline *o)
{
	const char *list = variable("DAEMONIZE_COMMANDS"), *bad = list;
	const char *reopen = variable("DAEMONIZE_REOPEN");
	char definition[64];
	struct text t;

	text_begin(&t, definition, sizeof definition);
	text_str(&t, "reopen=");
	text_str(&t, reopen != NULL ? reopen : "");
	if (reopen != NULL && command_define(&o->own, definition, strlen(definition)) < 0)
		return bad_value("DAEMONIZE_REOPEN", reopen, "a signal");
	if (list != NULL && command_define_all(&o->own, list, &bad) < 0)
		return bad_value("DAEMONIZE_COMMANDS", bad, command_allowed);
	return -1;
}

static int default_operand(struct cmdline *o)
{
	const char *pidfile = variable("DAEMONIZE_PIDFILE"), *name = variable("DAEMONIZE_NAME");

	if (pidfile != NULL)
		add_operand(o, pidfile, 1);
	else if (name != NULL)
		add_operand(o, name, 0);
	else
		return usage("which daemon? Give a NAME or a PIDFILE, or set DAEMONIZE_NAME");
	return -1;
}

/* ---- all */

static int read_operands(struct cmdline *o, char *const *rest)
{
	for (; *rest != NULL; rest++)
		add_operand(o, *rest, 0);
	if (o->command.kind == COMMAND_LIST)
		return o->count > 0 ? usage("list takes no operand; status does") : -1;
	if (o->command.kind == COMMAND_LOG && o->count > 1 && o->follow)
		return usage("log --follow takes one operand");
	return o->count == 0 ? default_operand(o) : -1;
}

static int read_command(struct cmdline *o, const char *word, const char *used)
{
	int status;

	if (word == NULL)
		return usage("no command; see dsig --help");
	if (command_find(word, &o->own, &o->command) < 0)
		return unknown_command(o, word);
	status = check_used(o, used);
	if (strchr(used, 'f') != NULL)
		*(o->command.kind == COMMAND_LOG ? &o->follow : &o->force) = 1;
	return status;
}

int cmdline_read(struct cmdline *o, int argc, char **argv)
{
	char used[HELP_OPTIONS + 1] = { 0 };
	int status;

	*o = (struct cmdline){ .lines = LOG_LINES, .timeout_ms = -1, .wait_ms = -1 };
	o->operands = calloc((size_t)argc + 1, sizeof *o->operands);
	if (o->operands == NULL)
		return usage("out of memory");
	status = read_own(o); /* first, so that -c may redefine what is in it */
	if (status < 0)
		status = read_options(o, argc, argv, used);
	if (status < 0)
		status = read_command(o, argv[optind], used);
	if (status < 0)
		status = read_operands(o, argv[optind] != NULL ? argv + optind + 1 : argv + optind);
	return status;
}
