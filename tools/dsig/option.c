/* SPDX-License-Identifier: MIT */
#include "option.h"

#include "base/nearest.h"
#include "base/report.h"
#include "base/text.h"
#include "cmdline.h"

#include <getopt.h>
#include <string.h>

#define LONG_BASE 256 /* what getopt_long(3) returns for an option without a letter */

#define FLAG(member) offsetof(struct cmdline, member)

const struct option_row option_table[OPTIONS] = {
	[OPTION_ALL] = { 'a', "all", NULL, "stop: end all that is left of its session", FLAG(all) },
	[OPTION_COMMAND] = { 'c', "command", "NAME=SIGNAL", "define a command of your own", 0 },
	[OPTION_DIRECTORY] = { 'd', "directory", "PATH", "where the pid files of NAMEs are", 0 },
	[OPTION_F] = { 'f', NULL, NULL, "--force; for log --follow", FLAG(f) },
	[OPTION_FORCE] = { 0, "force", NULL, "go on although a safety check objects", FLAG(force) },
	[OPTION_FOLLOW] = { 0, "follow", NULL, "log: show what is added, until the daemon ends",
	                    FLAG(follow) },
	[OPTION_JSON] = { 0, "json", NULL, "status, list: one JSON object a line", FLAG(json) },
	[OPTION_KILL] = { 'k', "kill", NULL, "stop: SIGKILL when the time is up", FLAG(kill) },
	[OPTION_LINES] = { 0, "lines", "N", "log: how many lines of it (10)", 0 },
	[OPTION_DRY_RUN] = { 'n', "dry-run", NULL, "say what would be sent, send nothing",
	                     FLAG(dry_run) },
	[OPTION_PIDFILE] = { 'p', "pidfile", "FILE", "a pid file; may be given several times", 0 },
	[OPTION_QUIET] = { 'q', "quiet", NULL, "no output except usage errors", FLAG(quiet) },
	[OPTION_TIMEOUT] = { 't', "timeout", "SECONDS",
	                     "stop (10), wait (for ever): at most so long", 0 },
	[OPTION_UP] = { 0, "up", NULL, "wait: until it runs", FLAG(up) },
	[OPTION_WAIT] = { 'w', "wait", "SECONDS",
	                  "after a signal: wait up to this long for the end", 0 },
	[OPTION_HELP] = { 'h', "help", NULL, "show this", FLAG(help) },
	[OPTION_VERSION] = { 'V', "version", NULL, "show the version", FLAG(version) },
};

static void getopt_tables(char *letters, struct option *names)
{
	*letters++ = ':';
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_row *row = &option_table[i];

		if (row->name != NULL)
			*names++ = (struct option){ row->name, row->operand != NULL, NULL,
				                    row->letter ? row->letter : LONG_BASE + i };
		if (row->letter) {
			*letters++ = row->letter;
			if (row->operand != NULL)
				*letters++ = ':';
		}
	}
	*letters = '\0';
	*names = (struct option){ NULL, 0, NULL, 0 };
}

static enum option_id id_of(int c)
{
	int i = 0;

	if (c >= LONG_BASE)
		return (enum option_id)(c - LONG_BASE);
	while (option_table[i].letter != c)
		i++;
	return (enum option_id)i;
}

static void unknown_option(const char *name)
{
	char shown[TEXT_SHOWN];
	struct nearest n = { .name = NULL };

	if (strncmp(name, "--", 2) == 0) {
		nearest_begin(&n, name + 2, strcspn(name + 2, "="));
		for (int i = 0; i < OPTIONS; i++)
			if (option_table[i].name != NULL)
				nearest_consider(&n, option_table[i].name);
	}
	text_quoted(shown, name);
	if (n.name != NULL)
		report_line("unknown option ", shown, "; the nearest is --", n.name);
	else
		report_line("unknown option ", shown, "; see dsig --help");
}

/* optopt is 0 for a long option, and for a known one what it returns. */
static void bad_option(int c, char *const *argv)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	const char *last = argv[optind - 1]; /* NULL: musl steps beyond the end */
	const char *name = last != NULL && strncmp(last, "--", 2) == 0 ? last : letter;

	if (c == ':')
		report_line(name, ": needs a value; see dsig --help");
	else
		unknown_option(name);
}

int option_next(int argc, char **argv, struct option_given *out)
{
	char letters[2 * OPTIONS + 2];
	struct option names[OPTIONS + 1];
	int is_long = -1, c;
	struct text as;

	getopt_tables(letters, names);
	opterr = 0;
	c = getopt_long(argc, argv, letters, names, &is_long);
	if (c == -1)
		return 0;
	if (c == '?' || c == ':') {
		bad_option(c, argv);
		return -1;
	}
	*out = (struct option_given){ .id = id_of(c), .value = optarg };
	text_begin(&as, out->as, sizeof out->as);
	text_str(&as, is_long >= 0 ? "--" : "-");
	if (is_long >= 0)
		text_str(&as, option_table[out->id].name);
	else
		text_mem(&as, &option_table[out->id].letter, 1);
	return 1;
}
