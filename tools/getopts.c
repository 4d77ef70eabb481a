/* SPDX-License-Identifier: MIT */
#include "getopts.h"

#include "base/nearest.h"
#include "base/report.h"
#include "base/text.h"

#include <getopt.h>
#include <string.h>

#define LONG_BASE 256 /* plus the row: an option without a letter, for getopt_long(3) */

/* For getopt_long(3): 0 no value, 1 a value, 2 an optional value. */
static int value_kind(const struct getopts_row *row)
{
	return row->operand == NULL ? 0 : row->operand[0] != '\0' ? 1 : 2;
}

static void make_tables(const struct getopts *g, char *letters, struct option *names)
{
	*letters++ = g->mode[0] != '\0' ? g->mode[0] : ':';
	if (g->mode[0] != '\0')
		*letters++ = ':';
	for (unsigned i = 0; i < g->count; i++) {
		const struct getopts_row *row = &g->rows[i];

		if (row->name != NULL)
			*names++ =
				(struct option){ row->name, value_kind(row), NULL,
				                 row->letter ? row->letter : LONG_BASE + (int)i };
		if (row->letter) {
			*letters++ = row->letter;
			if (value_kind(row) == 1)
				*letters++ = ':';
		}
	}
	*letters = '\0';
	*names = (struct option){ NULL, 0, NULL, 0 };
}

static unsigned row_of(const struct getopts *g, int c)
{
	unsigned i = 0;

	if (c >= LONG_BASE)
		return (unsigned)(c - LONG_BASE);
	while (i + 1 < g->count && g->rows[i].letter != c)
		i++;
	return i;
}

static int begins(const char *name, const char *word, size_t len)
{
	return name != NULL && strncmp(name, word, len) == 0;
}

/* Reports what is wrong with "--name=value": it is unknown, ambiguous, or takes no
 * value. */
static void bad_long(const struct getopts *g, const char *word)
{
	const size_t len = strcspn(word + 2, "=");
	unsigned beginning = 0, same = g->count;
	char shown[TEXT_SHOWN];
	struct nearest n;

	text_quoted(shown, word);
	nearest_begin(&n, word + 2, len);
	for (unsigned i = 0; i < g->count; i++) {
		if (g->rows[i].name == NULL)
			continue;
		nearest_consider(&n, g->rows[i].name);
		if (begins(g->rows[i].name, word + 2, len)) {
			beginning++;
			same = i;
		}
		if (text_is(g->rows[i].name, word + 2, len)) {
			beginning = 1;
			same = i;
			break;
		}
	}
	if (beginning == 1 && g->rows[same].operand == NULL)
		report_line(shown, ": takes no value; see ", g->tool, " --help");
	else if (beginning > 1)
		report_line(shown, ": could be several options; see ", g->tool, " --help");
	else if (n.name != NULL)
		report_line("unknown option ", shown, ", did you mean --", n.name, "?");
	else
		report_line("unknown option ", shown, "; see ", g->tool, " --help");
}

/* Reports a bad option. For a long one optopt does not help: it is 0 if unknown,
 * else what getopt_long(3) would return. */
static void bad_option(const struct getopts *g, int c, char *const *argv)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	const char *last = argv[optind - 1]; /* NULL: musl moves optind past the end */
	const int is_long = last != NULL && strncmp(last, "--", 2) == 0;
	char shown[TEXT_SHOWN];

	text_quoted(shown, is_long ? last : letter);
	if (c == ':')
		report_line(shown, ": needs a value; see ", g->tool, " --help");
	else if (is_long)
		bad_long(g, last);
	else
		report_line("unknown option ", shown, "; see ", g->tool, " --help");
}

int getopts_next(const struct getopts *g, int argc, char **argv, struct getopts_given *out)
{
	char letters[2 * GETOPTS_MAX + 3];
	struct option names[GETOPTS_MAX + 1];
	int is_long = -1, c;
	struct text as;

	make_tables(g, letters, names);
	opterr = 0;
	c = getopt_long(argc, argv, letters, names, &is_long);
	if (c == -1)
		return 0;
	if (c == '?' || c == ':') {
		bad_option(g, c, argv);
		return -1;
	}
	*out = (struct getopts_given){ .row = row_of(g, c), .value = optarg };
	text_begin(&as, out->as, sizeof out->as);
	text_str(&as, is_long >= 0 ? "--" : "-");
	if (is_long >= 0)
		text_str(&as, g->rows[out->row].name);
	else
		text_mem(&as, &g->rows[out->row].letter, 1);
	return 1;
}
