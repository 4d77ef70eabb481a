/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GAP 2

struct table_line {
	struct table_line *next;
	enum table_colour colour;
	char *cells[TABLE_COLUMNS];
	unsigned count;
};

static const char *const colours[] = {
	[TABLE_PLAIN] = "",
	[TABLE_RED] = "\033[31m",
	[TABLE_GREEN] = "\033[32m",
	[TABLE_YELLOW] = "\033[33m",
};

void table_begin(struct table *t, const char *const *head, unsigned coloured_column)
{
	*t = (struct table){ .coloured_column = coloured_column };
	t->last = &t->first;
	table_add(t, TABLE_PLAIN, head);
}

/* Out of memory, a table is of no use, and neither is anything else. */
static void *or_abort(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

void table_add(struct table *t, enum table_colour colour, const char *const *cells)
{
	struct table_line *line = or_abort(calloc(1, sizeof *line));

	line->colour = colour;
	for (; cells[line->count] != NULL && line->count < TABLE_COLUMNS; line->count++) {
		const char *text = cells[line->count];
		char *copy = or_abort(strdup(*text != '\0' ? text : "-"));
		unsigned width = escape_plain(NULL, copy);

		line->cells[line->count] = copy;
		if (width > t->width[line->count])
			t->width[line->count] = width;
	}
	*t->last = line;
	t->last = &line->next;
}

static int with_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') &&
	       (term == NULL || strcmp(term, "dumb") != 0);
}

static void print_line(const struct table *t, const struct table_line *line, int coloured)
{
	for (unsigned i = 0; i < line->count; i++) {
		int colour = coloured && i == t->coloured_column && line->colour != TABLE_PLAIN;
		unsigned written;

		fputs(colour ? colours[line->colour] : "", stdout);
		written = escape_plain(stdout, line->cells[i]);
		fputs(colour ? "\033[0m" : "", stdout);
		if (i + 1 < line->count)
			printf("%*s", (int)(t->width[i] - written) + GAP, "");
	}
	putchar('\n');
}

void table_print(const struct table *t)
{
	const int coloured = with_colours();

	for (const struct table_line *line = t->first; line != NULL; line = line->next)
		print_line(t, line, coloured);
}

void table_end(struct table *t)
{
	while (t->first != NULL) {
		struct table_line *line = t->first;

		t->first = line->next;
		for (unsigned i = 0; i < line->count; i++)
			free(line->cells[i]);
		free(line);
	}
}
