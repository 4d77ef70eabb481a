/* SPDX-License-Identifier: MIT */
#include "envfile.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bounds {
	const char *from;
	const char *to;
};

/* Each assignment lies behind the last one, and is one. */
static int check(void *ctx, char *assignment)
{
	struct bounds *b = ctx;
	size_t len = strlen(assignment);
	const char *equals = strchr(assignment, '=');

	if (assignment < b->from || assignment + len > b->to || equals == NULL ||
	    equals == assignment)
		abort();
	b->from = assignment + len;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct envfile_error error;
	char *text = malloc(size + 1);
	struct bounds b = { text, text + size };

	if (size > 0)
		memcpy(text, data, size);
	if (envfile_parse(text, size, check, &b, &error) < 0 &&
	    (error.line == 0 || error.line > size + 1 || error.reason[0] == '\0' ||
	     memchr(error.reason, '\0', sizeof error.reason) == NULL))
		abort();
	free(text);
	return 0;
}
