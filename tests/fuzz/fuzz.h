/* SPDX-License-Identifier: MIT */
/* fuzz - what the harnesses share. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A finding. */
#define MUST(condition) ((condition) ? (void)0 : abort())

/* The input with a NUL behind it, on the heap, where a step too far is seen. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = calloc(size + 1, 1);

	MUST(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	return text;
}

/* How many bytes the UTF-8 character at s takes; 0: none (RFC 3629). */
static inline size_t fuzz_utf8(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t c = *u, least;
	size_t len;

	if (c < 0x80)
		return 1;
	if (c >> 5 == 6)
		len = 2, c &= 0x1F, least = 0x80;
	else if (c >> 4 == 14)
		len = 3, c &= 0x0F, least = 0x800;
	else if (c >> 3 == 30)
		len = 4, c &= 0x07, least = 0x10000;
	else
		return 0;
	for (size_t i = 1; i < len; i++) {
		if (u[i] >> 6 != 2)
			return 0;
		c = c << 6 | (u[i] & 0x3F);
	}
	return c >= least && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) ? len : 0;
}

#endif
