/* SPDX-License-Identifier: MIT */
/* series - many measurements of one thing, and what they say. */
#ifndef SERIES_H
#define SERIES_H

#include <stddef.h>

struct series {
	double *values;
	size_t count, room;
};

void series_add(struct series *s, double value);

/* The quartile q (0 least, 2 median, 4 largest) of count values from first;
 * 0 for none. Does not change the order. */
double series_quartile(const struct series *s, size_t first, size_t count, int q);

/* Prints "LABEL,METRIC,n,q1,median,q3", unless there is nothing. */
void series_print(const struct series *s, const char *label, const char *metric);

#endif
