/* SPDX-License-Identifier: MIT */
#include "escape.h"

#include "base/text.h"

unsigned escape_plain(FILE *out, const char *s)
{
	unsigned written = 0;

	for (; *s != '\0'; written++) {
		size_t len = text_character(s);

		if (out != NULL && (len == 0 || text_control(s)))
			fputc('?', out);
		else if (out != NULL)
			fwrite(s, 1, len, out);
		s += len > 0 ? len : 1;
	}
	return written;
}

void escape_json(FILE *out, const char *s)
{
	if (s == NULL) {
		fputs("null", out);
		return;
	}
	fputc('"', out);
	while (*s != '\0') {
		size_t len = text_character(s);

		if (len == 0)
			fputs("\\ufffd", out);
		else if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (len == 1 && text_control(s))
			fprintf(out, "\\u%04x", (unsigned char)*s);
		else
			fwrite(s, 1, len, out);
		s += len > 0 ? len : 1;
	}
	fputc('"', out);
}

size_t escape_whole(const char *block, size_t len)
{
	size_t start = len, wanted;
	unsigned char first;

	while (start > 0 && len - start < 3 && ((unsigned char)block[start - 1] & 0xC0) == 0x80)
		start--;
	if (start <= 1)
		return len; /* never 0: that would not make progress */
	first = (unsigned char)block[start - 1];
	wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
	return len - (start - 1) < wanted ? start - 1 : len;
}
