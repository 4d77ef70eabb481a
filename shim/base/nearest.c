/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"

#include <string.h>

#define LONGEST 31
#define PREFIX_LEAST 3

static int fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein distance without regard to case, of names up to LONGEST bytes. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned row[LONGEST + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; i < a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
			               diagonal + (fold(a[i]) != fold(b[j - 1])));
			diagonal = above;
		}
	}
	return row[b_len];
}

void nearest_begin(struct nearest *n, const char *word, size_t len)
{
	*n = (struct nearest){ word, len, NULL, 2 * ((unsigned)len / 3 + 1) + 2 };
}

static int is_prefix(const struct nearest *n, const char *name)
{
	size_t i = 0;

	while (i < n->len && fold(n->word[i]) == fold(name[i]))
		i++;
	return i == n->len && i >= PREFIX_LEAST;
}

void nearest_consider(struct nearest *n, const char *name)
{
	const size_t len = strlen(name);
	unsigned cost;

	if (len > LONGEST || n->len > LONGEST || n->len == 0)
		return;
	/* Of two equally near names, prefer the one with the same first letter. */
	cost = 2 * distance(n->word, n->len, name, len) + (fold(*n->word) != fold(*name));
	if (is_prefix(n, name) && cost > 2)
		cost = 2 + (unsigned)len / 16; /* an abbreviation: LOG means LOGFILE */
	if (cost >= n->cost)
		return;
	n->cost = cost;
	n->name = name;
}
