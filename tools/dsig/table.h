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
	unsigned lines, columns, coloured_column;
	unsigned width[TABLE_COLUMNS]; /* the widest cell of each, in characters; 0: left out */
	const unsigned char *spare;    /* columns that may be left out, up to a 0 */
};

/* Begins a table with a first line; cells end with NULL. Spare are the columns
 * that may be left out where there is no room, most wanted first; 0 ends them. */
void table_begin(struct table *t, const char *const *head, unsigned coloured_column,
                 const unsigned char *spare);

/* Adds a line with as many cells, copied; an empty one is shown as "-". The
 * cell of the coloured column gets the colour. */
void table_add(struct table *t, enum table_colour colour, const char *const *cells);

/* Writes it to stdout. On a terminal with colours, if neither NO_COLOR nor
 * TERM=dumb says otherwise; and not wider: a single line is then turned to a
 * list, of several lines columns are left out. */
void table_print(struct table *t);

/* Frees what it holds. */
void table_end(struct table *t);

#endif
