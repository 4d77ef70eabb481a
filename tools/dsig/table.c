/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "escape.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GAP 2

static const char *const colours[] = {
	[TABLE_PLAIN] = "",
	[TABLE_RED] = "\033[31m",
	[TABLE_GREEN] = "\033[32m",
	[TABLE_YELLOW] = "\033[33m",
};

/* Appends len bytes. Ends the program if there is no memory: it could not print
 * anything useful. */
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

void table_begin(struct table *t, const char *const *head, unsigned coloured_column,
                 const unsigned char *spare)
{
	*t = (struct table){ .coloured_column = coloured_column, .spare = spare };
	while (t->columns < TABLE_COLUMNS && head[t->columns] != NULL)
		t->columns++;
	table_add(t, TABLE_PLAIN, head);
}

void table_add(struct table *t, enum table_colour colour, const char *const *cells)
{
	const char mark = (char)colour;

	t->lines++;
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

static void print_cell(const struct table *t, const char *s, unsigned column, const char *colour,
                       int last)
{
	const int paint = column == t->coloured_column && *colour != '\0';
	unsigned written;

	fputs(paint ? colour : "", stdout);
	written = escape_plain(stdout, s);
	fputs(paint ? "\033[0m" : "", stdout);
	if (last)
		putchar('\n');
	else
		printf("%*s", (int)(t->width[column] - written) + GAP, "");
}

/* Prints the row at s. Returns where the next one begins. */
static const char *print_line(const struct table *t, const char *s, int coloured)
{
	const char *colour = coloured ? colours[(unsigned char)*s] : "";

	s++;
	for (unsigned i = 0; i < t->columns; i++, s += strlen(s) + 1)
		if (t->width[i] > 0)
			print_cell(t, s, i, colour, i + 1 == t->columns);
	return s;
}

/* Prints the only row as a list, one line per column: heading, then cell. */
static void print_upright(struct table *t, int coloured)
{
	const char *head = t->text + 1, *s = head, *colour;
	unsigned widest = 0;

	for (unsigned i = 0; i < t->columns; i++, s += strlen(s) + 1)
		widest = strlen(s) > widest ? (unsigned)strlen(s) : widest;
	colour = coloured ? colours[(unsigned char)*s] : "";
	s++;
	for (unsigned i = 0; i < t->columns; i++) {
		printf("%-*s", (int)widest + GAP, head);
		print_cell(t, s, i, colour, 1);
		head += strlen(head) + 1;
		s += strlen(s) + 1;
	}
}

static unsigned width_of(const struct table *t)
{
	unsigned width = 0;

	for (unsigned i = 0; i < t->columns; i++)
		width += t->width[i] > 0 ? t->width[i] + GAP : 0;
	return width - GAP;
}

static unsigned screen_width(void)
{
	struct winsize screen;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &screen) < 0 || screen.ws_col == 0)
		return UINT_MAX;
	return screen.ws_col;
}

/* Leaves out spare columns that do not fit into room; the most wanted are kept
 * first. */
static void leave_out(struct table *t, unsigned room)
{
	unsigned width[TABLE_COLUMNS];

	memcpy(width, t->width, sizeof width);
	for (const unsigned char *spare = t->spare; *spare != 0; spare++)
		t->width[*spare] = 0;
	for (const unsigned char *spare = t->spare; *spare != 0; spare++) {
		t->width[*spare] = width[*spare];
		if (width_of(t) > room)
			t->width[*spare] = 0;
	}
}

/* A table whose lines the terminal wraps cannot be read. */
void table_print(struct table *t)
{
	const unsigned room = screen_width();
	const int coloured = with_colours();

	if (t->lines == 2 && width_of(t) > room) {
		print_upright(t, coloured);
		return;
	}
	leave_out(t, room);
	for (const char *s = t->text; s < t->text + t->used;)
		s = print_line(t, s, coloured);
}

void table_end(struct table *t)
{
	free(t->text);
	*t = (struct table){ .text = NULL };
}
