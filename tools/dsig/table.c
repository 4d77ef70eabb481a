/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GAP 2

static const char *const colours[] = {
	[TABLE_PLAIN] = "",
	[TABLE_RED] = "\033[31m",
	[TABLE_GREEN] = "\033[32m",
	[TABLE_YELLOW] = "\033[33m",
};

/* Out of memory, a table is of no use, and neither is anything else. */
static void keep(struct table *t, const char *bytes, size_t len)
{
	if (t->room - t->used < len) {
		t->room = 2 * t->room + len;
		t->text = realloc(t->text, t->room);
		if (t->text == NULL)
			abort();
	}
	memcpy(t->text + t->used, bytes, len);
	t->used += len;
}

void table_begin(struct table *t, const char *const *head, unsigned coloured_column)
{
	*t = (struct table){ .coloured_column = coloured_column };
	while (t->columns < TABLE_COLUMNS && head[t->columns] != NULL)
		t->columns++;
	table_add(t, TABLE_PLAIN, head);
}

void table_add(struct table *t, enum table_colour colour, const char *const *cells)
{
	const char mark = (char)colour;

	keep(t, &mark, 1);
	for (unsigned i = 0; i < t->columns; i++) {
		const char *cell = *cells[i] != '\0' ? cells[i] : "-";
		unsigned width = escape_plain(NULL, cell);

		keep(t, cell, strlen(cell) + 1);
		if (width > t->width[i])
			t->width[i] = width;
	}
}

static int with_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') &&
	       (term == NULL || strcmp(term, "dumb") != 0);
}

/* Prints the line at s; returns where the next one begins. */
static const char *print_line(const struct table *t, const char *s, int coloured)
{
	const char *colour = coloured ? colours[(unsigned char)*s] : "";

	s++;
	for (unsigned i = 0; i < t->columns; i++, s += strlen(s) + 1) {
		const int paint = i == t->coloured_column && *colour != '\0';
		unsigned written;

		fputs(paint ? colour : "", stdout);
		written = escape_plain(stdout, s);
		fputs(paint ? "\033[0m" : "", stdout);
		if (i + 1 < t->columns)
			printf("%*s", (int)(t->width[i] - written) + GAP, "");
	}
	putchar('\n');
	return s;
}

void table_print(const struct table *t)
{
	const int coloured = with_colours();

	for (const char *s = t->text; s < t->text + t->used;)
		s = print_line(t, s, coloured);
}

void table_end(struct table *t)
{
	free(t->text);
	*t = (struct table){ .text = NULL };
}
