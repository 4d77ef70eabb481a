/* SPDX-License-Identifier: MIT */
#include "series.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void series_add(struct series *s, double value)
{
	if (s->count == s->room) {
		s->room = s->room * 2 + 64;
		s->values = realloc(s->values, s->room * sizeof *s->values);
		if (s->values == NULL)
			err(71, "realloc");
	}
	s->values[s->count++] = value;
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double series_quartile(const struct series *s, size_t first, size_t count, int q)
{
	double *sorted, at, result;
	size_t low;

	if (count == 0)
		return 0;
	sorted = malloc(count * sizeof *sorted);
	if (sorted == NULL)
		err(71, "malloc");
	memcpy(sorted, s->values + first, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, ascending);
	at = (double)(count - 1) * q / 4;
	low = (size_t)at;
	result = sorted[low];
	if (low + 1 < count)
		result += (sorted[low + 1] - sorted[low]) * (at - (double)low);
	free(sorted);
	return result;
}

void series_print(const struct series *s, const char *label, const char *metric)
{
	if (s->count > 0)
		printf("%s,%s,%zu,%.1f,%.1f,%.1f\n", label, metric, s->count,
		       series_quartile(s, 0, s->count, 1), series_quartile(s, 0, s->count, 2),
		       series_quartile(s, 0, s->count, 3));
}
