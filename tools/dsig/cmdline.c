/* SPDX-License-Identifier: MIT */
#include "cmdline.h"

#include "base/clock.h"
#include "base/report.h"
#include "base/text.h"
#include "help.h"
#include "option.h"
#include "show.h"
#include "target.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_LINES 10

/* ---- errors */

#define usage(...) (report_line(__VA_ARGS__), STATUS_USAGE)

static int bad_value(const char *option, const char *value, const char *allowed)
{
	char shown[TEXT_SHOWN];

	return usage(option, ": '", text_quoted(shown, value), "': ", allowed);
}

static int unknown_command(const struct cmdline *o, const char *word)
{
	const char *near = command_nearest(word, &o->own);
	char shown[TEXT_SHOWN];

	text_quoted(shown, word);
	if (near == NULL)
		return usage("unknown command '", shown, "'; dsig --help lists them");
	return usage("unknown command '", shown, "', did you mean '", near, "'?");
}

/* ---- options */

static void add_operand(struct cmdline *o, const char *text, int is_path)
{
	o->operands[o->count++] = (struct operand){ text, is_path };
}

/* Applies one option. Returns -1 to go on, or the exit status. */
static int take(struct cmdline *o, const struct getopts_given *g)
{
	static const char time_allowed[] = "seconds, fractions allowed";
	long long n;

	switch (g->row) {
	case OPTION_COMMAND:
		if (command_define(&o->own, g->value, strlen(g->value)) < 0)
			return bad_value(g->as, g->value, command_allowed);
		break;
	case OPTION_DIRECTORY:
		o->directory = g->value;
		break;
	case OPTION_LINES:
		if (text_number(g->value, 0, 1000000, &n) < 0)
			return bad_value(g->as, g->value, "a number up to 1000000");
		o->lines = (int)n;
		break;
	case OPTION_PIDFILE:
		add_operand(o, g->value, 1);
		break;
	case OPTION_TIMEOUT:
		if (text_seconds(g->value, &o->timeout_ms) < 0)
			return bad_value(g->as, g->value, time_allowed);
		break;
	case OPTION_WAIT:
		if (text_seconds(g->value, &o->wait_ms) < 0)
			return bad_value(g->as, g->value, time_allowed);
		break;
	default:
		*(int *)(void *)((char *)o + option_table[g->row].flag) = 1;
		break;
	}
	return -1;
}

/* Reads all options and stores each in given, by its enum option_id. Returns -1 to
 * go on, or the exit status. */
static int read_options(struct cmdline *o, int argc, char **argv, struct getopts_given *given)
{
	const struct getopts table = { option_table, OPTIONS, "", "dsig" };
	struct getopts_given g;
	int more;

	while ((more = getopts_next(&table, argc, argv, &g)) > 0) {
		int status = take(o, &g);

		if (status >= 0)
			return status;
		given[g.row] = g;
	}
	if (more < 0)
		return STATUS_USAGE;
	return o->help ? help_print(&o->own) : o->version ? help_version() : -1;
}

/* Refuses an option that none of the commands uses. */
static int check_used(const struct cmdline *o, const struct getopts_given *given)
{
	unsigned taken = OPTION_COMMON;

	for (unsigned i = 0; i < o->commands; i++)
		taken |= o->command[i].takes;
	for (int id = 0; id < OPTIONS; id++)
		if (given[id].as[0] != '\0' && (taken & OPTION_BIT(id)) == 0)
			return usage(given[id].as, " does not apply to ", o->command[0].name);
	return -1;
}

/* ---- environment */

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* DAEMONIZE_REOPEN and DAEMONIZE_STOP define commands, too; DAEMONIZE_COMMANDS and
 * -c override them. */
static int read_own(struct cmdline *o)
{
	const char *list = variable("DAEMONIZE_COMMANDS"), *bad = list;
	const char *reopen = variable("DAEMONIZE_REOPEN"), *stop = variable("DAEMONIZE_STOP");
	char definition[64];
	struct text t;

	text_begin(&t, definition, sizeof definition);
	text_str(&t, "reopen=");
	text_str(&t, reopen != NULL ? reopen : "");
	if (reopen != NULL && command_define(&o->own, definition, strlen(definition)) < 0)
		return bad_value("DAEMONIZE_REOPEN", reopen, "a signal");
	if (stop != NULL && value_schedule(stop, &o->own.stop) < 0)
		return bad_value("DAEMONIZE_STOP", stop,
		                 "a signal, or a schedule such as TERM/30/KILL/5");
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

/* ---- commands and operands */

/* Reads the commands in a list like "reload,usr2". */
static int read_commands(struct cmdline *o, char *words)
{
	if (words == NULL)
		return usage("no command; see dsig --help");
	for (char *word; (word = strsep(&words, ",")) != NULL; o->commands++) {
		if (o->commands == COMMANDS_MAX)
			return usage("too many commands at once");
		if (command_find(word, &o->own, &o->command[o->commands]) < 0)
			return unknown_command(o, word);
	}
	for (unsigned i = 0; i < o->commands && o->commands > 1; i++)
		if (o->command[i].act == NULL)
			return usage("the command ", o->command[i].name, " stands alone");
	return -1;
}

/* An operand that is a command's name, but not a daemon's, was meant as a command. */
static int check_operand(const struct cmdline *o, const struct operand *operand)
{
	static struct target t;
	struct failure why;

	if (operand->is_path || strchr(operand->text, '/') != NULL ||
	    !command_known(operand->text, &o->own) ||
	    (target_from_operand(&t, operand, o->directory, &why) == 0 &&
	     access(t.path, F_OK) == 0))
		return -1;
	return usage("'", operand->text, "' is a command, and no pid file has that name; several ",
	             "commands are joined by commas: ", o->command[0].name, ",", operand->text);
}

static int read_operands(struct cmdline *o, char *const *rest)
{
	const struct command *last = &o->command[o->commands - 1];
	int status = -1;

	for (; *rest != NULL; rest++)
		add_operand(o, *rest, 0);
	if (last->show == show_list)
		return o->count > 0 ? usage("list takes no operand; status does") : -1;
	if (o->follow && o->count > 1)
		return usage("log --follow takes one operand");
	if (o->count == 0)
		return default_operand(o);
	for (unsigned i = 0; i < o->count && status < 0; i++)
		status = check_operand(o, &o->operands[i]);
	return status;
}

/* -f means --follow if a command takes that, else --force. */
static void resolve_f(struct cmdline *o)
{
	for (unsigned i = 0; i < o->commands && o->f; i++)
		if ((o->command[i].takes & OPTION_BIT(OPTION_FOLLOW)) != 0)
			o->follow = 1;
	if (o->f && !o->follow)
		o->force = 1;
}

int cmdline_read(struct cmdline *o, int argc, char **argv)
{
	struct getopts_given given[OPTIONS] = { 0 };
	int status;

	*o = (struct cmdline){
		.lines = LOG_LINES, .timeout_ms = -1, .wait_ms = -1, .began_ms = clock_ms()
	};
	o->operands = calloc((size_t)argc + 1, sizeof *o->operands);
	if (o->operands == NULL)
		return usage("out of memory");
	status = read_own(o); /* first, so that -c can redefine it */
	if (status < 0)
		status = read_options(o, argc, argv, given);
	if (status < 0)
		status = read_commands(o, argv[optind]);
	if (status < 0)
		status = check_used(o, given);
	if (status >= 0)
		return status;
	resolve_f(o);
	return read_operands(o, argv + optind + 1);
}
