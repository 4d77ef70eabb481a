/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <string.h>

#define SHOWN_MAX 80
#define SECONDS_MAX 1000000 /* as milliseconds it fits an int */

void text_begin(struct text *t, char *buf, size_t size)
{
	t->start = t->at = buf;
	t->end = buf + size - 1;
	t->cut = 0;
	*t->at = '\0';
}

void text_mem(struct text *t, const char *s, size_t len)
{
	size_t room = (size_t)(t->end - t->at);

	if (len > room) {
		len = room;
		t->cut = 1;
	}
	memcpy(t->at, s, len);
	t->at += len;
	*t->at = '\0';
}

void text_str(struct text *t, const char *s)
{
	text_mem(t, s, strlen(s));
}

void text_num(struct text *t, long long n)
{
	unsigned long long magnitude = (unsigned long long)n;
	char digits[24];
	char *d = digits + sizeof digits;

	if (n < 0) {
		text_str(t, "-");
		magnitude = 0 - magnitude;
	}
	do {
		*--d = (char)('0' + magnitude % 10);
		magnitude /= 10;
	} while (magnitude > 0);
	text_mem(t, d, (size_t)(digits + sizeof digits - d));
}

size_t text_character(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = *s < 0x80                 ? 1
	             : *s >= 0xC2 && *s < 0xE0 ? 2
	             : *s >= 0xE0 && *s < 0xF0 ? 3
	             : *s >= 0xF0 && *s < 0xF5 ? 4
	                                       : 0;

	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((*s == 0xE0 && s[1] < 0xA0) || (*s == 0xED && s[1] >= 0xA0) ||
	    (*s == 0xF0 && s[1] < 0x90) || (*s == 0xF4 && s[1] >= 0x90))
		return 0;
	return len;
}

int text_control(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	return *s < 0x20 || *s == 0x7F || (*s == 0xC2 && s[1] < 0xA0);
}

size_t text_tame(char *s, size_t len, const char *kept)
{
	char *out = s;

	for (const char *at = s, *end = s + len; at < end;) {
		size_t size = text_character(at);
		int plain = size > 0 &&
		            (!text_control(at) || (*at != '\0' && strchr(kept, *at) != NULL));

		if (plain)
			memmove(out, at, size);
		else
			*out = '?';
		out += plain ? size : 1;
		at += size > 0 ? size : 1;
	}
	*out = '\0';
	return (size_t)(out - s);
}

void text_shown(struct text *t, const char *s)
{
	const char *from = s;

	while (*s != '\0' && s - from < SHOWN_MAX) {
		size_t len = text_character(s);
		int as_it_is = len > 0 && !text_control(s) && *s != '\'';

		text_mem(t, as_it_is ? s : "?", as_it_is ? len : 1);
		s += len > 0 ? len : 1;
	}
	if (*s != '\0')
		text_str(t, "...");
}

const char *text_quoted(char buf[TEXT_SHOWN], const char *s)
{
	struct text t;

	text_begin(&t, buf, TEXT_SHOWN);
	text_shown(&t, s);
	return buf;
}

int text_number(const char *s, long long min, long long max, long long *out)
{
	long long n = 0;

	if (*s == '\0')
		return -1;
	for (; *s != '\0'; s++) {
		int digit = *s - '0';

		if (digit < 0 || digit > 9 || digit > max || n > (max - digit) / 10)
			return -1;
		n = n * 10 + digit;
	}
	if (n < min)
		return -1;
	*out = n;
	return 0;
}

int text_seconds(const char *s, int *ms)
{
	const size_t len = strcspn(s, ".");
	char whole[16];
	struct text t;
	long long n = 0, scale = 100;
	int part = 0;

	text_begin(&t, whole, sizeof whole);
	text_mem(&t, s, len);
	if (t.cut || (len == 0 && *s == '\0') ||
	    (len > 0 && text_number(whole, 0, SECONDS_MAX, &n) < 0))
		return -1;
	s += len;
	if (*s == '.' && (s[1] == '\0' || s[1 + strspn(s + 1, "0123456789")] != '\0'))
		return -1;
	n *= 1000;
	while (*s != '\0' && *++s != '\0') {
		n += (*s - '0') * scale;
		part |= scale == 0 && *s != '0';
		scale /= 10;
	}
	*ms = (int)n + part;
	return 0;
}

void text_ms(struct text *t, int ms)
{
	text_num(t, ms / 1000);
	ms %= 1000;
	for (int scale = 100; ms != 0; ms %= scale, scale /= 10) {
		text_str(t, scale == 100 ? "." : "");
		text_num(t, ms / scale);
	}
}

uint64_t text_digits(const char **s, unsigned base)
{
	uint64_t n = 0;

	for (*s += strspn(*s, " \t");; (*s)++) {
		const unsigned c = (unsigned char)**s, letter = c | ('a' ^ 'A');
		unsigned digit = 16;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if (letter >= 'a' && letter <= 'f')
			digit = letter - 'a' + 10;
		if (digit >= base)
			return n;
		n = n * base + digit;
	}
}

int text_is(const char *s, const char *name, size_t len)
{
	return strncmp(s, name, len) == 0 && s[len] == '\0';
}

int text_ends(const char *s, const char *suffix)
{
	const size_t len = strlen(s), suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(s + len - suffix_len, suffix) == 0;
}

const char *text_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

unsigned text_fields(char *line, char **fields, unsigned n)
{
	unsigned count = 0;

	for (;;) {
		while (*line == ' ')
			line++;
		if (*line == '\0')
			return count;
		fields[count++] = line;
		if (count == n)
			return count;
		line += strcspn(line, " ");
		if (*line != '\0')
			*line++ = '\0';
	}
}

const char *text_decimal(char buf[24], long long n)
{
	struct text t;

	text_begin(&t, buf, 24);
	text_num(&t, n);
	return buf;
}
