/* SPDX-License-Identifier: MIT */
/* table - prints rows of aligned cells, for a terminal or a pipe. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>

#define TABLE_COLUMNS 16

enum table_colour { TABLE_PLAIN, TABLE_RED, TABLE_GREEN, TABLE_YELLOW };

struct table {
	char *text; /* for each row its colour, then its cells, each terminated */
	size_t used, room;
	unsigned lines, columns, coloured_column;
	unsigned width[TABLE_COLUMNS]; /* each column's widest cell, in characters; 0: left out */
	const unsigned char *spare;    /* columns that may be left out, up to a 0 */
};

/* Begins a table. head: the first row, cells up to a NULL. coloured_column: the one
 * shown in a row's colour. spare: columns that may be left out if there is no room,
 * most wanted first, up to a 0. */
void table_begin(struct table *t, const char *const *head, unsigned coloured_column,
                 const unsigned char *spare);

/* Adds a row of as many cells as head has, which are copied; an empty one is shown
 * as "-". */
void table_add(struct table *t, enum table_colour colour, const char *const *cells);

/* Prints the table to stdout. On a terminal it has colours, unless NO_COLOR or
 * TERM=dumb is set, and fits the width: a single row becomes a list, from several
 * rows spare columns are left out. */
void table_print(struct table *t);

/* Frees what *t holds. */
void table_end(struct table *t);

#endif
