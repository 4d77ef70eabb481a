/* SPDX-License-Identifier: MIT */
#include "escape.h"

/* How many bytes the UTF-8 character at s takes; 0 if it is none: overlong,
 * a surrogate, beyond U+10FFFF, cut. */
static unsigned character(const unsigned char *s)
{
	unsigned len = *s < 0x80                 ? 1
		       : *s >= 0xC2 && *s < 0xE0 ? 2
		       : *s >= 0xE0 && *s < 0xF0 ? 3
		       : *s >= 0xF0 && *s < 0xF5 ? 4
						 : 0;

	for (unsigned i = 1; i < len; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((*s == 0xE0 && s[1] < 0xA0) || (*s == 0xED && s[1] >= 0xA0) ||
	    (*s == 0xF0 && s[1] < 0x90) || (*s == 0xF4 && s[1] >= 0x90))
		return 0;
	return len;
}

static int is_control(const unsigned char *s)
{
	return *s < 0x20 || *s == 0x7F || (*s == 0xC2 && s[1] < 0xA0);
}

unsigned escape_plain(FILE *out, const char *s)
{
	unsigned written = 0;

	for (; *s != '\0'; written++) {
		const unsigned char *at = (const unsigned char *)s;
		unsigned len = character(at);

		if (out != NULL && (len == 0 || is_control(at)))
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
		const unsigned char *at = (const unsigned char *)s;
		unsigned len = character(at);

		if (len == 0)
			fputs("\\ufffd", out);
		else if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (len == 1 && is_control(at))
			fprintf(out, "\\u%04x", *at);
		else
			fwrite(s, 1, len, out);
		s += len > 0 ? len : 1;
	}
	fputc('"', out);
}
