/* SPDX-License-Identifier: MIT */
/* table - lines of cells, aligned, for a terminal or a pipe. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>

#define TABLE_COLUMNS 16

enum table_colour { TABLE_PLAIN, TABLE_RED, TABLE_GREEN, TABLE_YELLOW };

struct table {
	char *text; /* of each line the colour, then its cells, each with its end */
	size_t used, room;
	unsigned columns, coloured_column;
	unsigned width[TABLE_COLUMNS]; /* the widest cell of each, in characters */
};

/* Begins a table with a first line; cells end with NULL. */
void table_begin(struct table *t, const char *const *head, unsigned coloured_column);

/* Adds a line with as many cells, copied; an empty one is shown as "-". The
 * cell of the coloured column gets the colour. */
void table_add(struct table *t, enum table_colour colour, const char *const *cells);

/* Writes it to stdout; with colours if that is a terminal and neither
 * NO_COLOR nor TERM=dumb says otherwise. */
void table_print(const struct table *t);

/* Frees what it holds. */
void table_end(struct table *t);

#endif
