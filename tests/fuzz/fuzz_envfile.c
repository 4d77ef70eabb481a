/* SPDX-License-Identifier: MIT */
/* The reader of environment files: what it has understood, written down with
 * quotes, is understood the same; and of a file without CR, systemd's own
 * automaton (src/basic/env-file.c) understands the same. */
#include "fuzz.h"

#include "shim/launcher/envfile.h"

#include <stdio.h>

struct found {
	const char *from, *to; /* the text */
	char *all;             /* each assignment with its NUL */
	size_t len;
};

/* Each assignment lies behind the last one, and is one. */
static int take(void *ctx, char *assignment)
{
	struct found *f = ctx;
	size_t len = strlen(assignment);
	const char *equals = strchr(assignment, '=');

	MUST(assignment >= f->from && assignment + len <= f->to);
	MUST(equals != NULL && equals != assignment);
	f->from = assignment + len;
	memcpy(f->all + f->len, assignment, len + 1);
	f->len += len + 1;
	return 0;
}

static int parse(char *text, size_t size, struct found *f)
{
	struct envfile_error error;

	*f = (struct found){ .from = text, .to = text + size, .all = malloc(2 * size + 2) };
	MUST(f->all != NULL);
	if (envfile_parse(text, size, take, f, &error) == 0)
		return 0;
	MUST(error.line > 0 && error.line <= size + 1 && error.reason[0] != '\0');
	return -1;
}

static void round_trip(const struct found *f)
{
	char *text = malloc(3 * f->len + 1), *at = text;
	struct found again;

	MUST(text != NULL);
	for (const char *c = f->all; c < f->all + f->len; c++) {
		for (; *c != '='; c++)
			*at++ = *c;
		at = stpcpy(at, "=\"");
		for (c++; *c != '\0'; c++) {
			if (strchr("\"\\`$", *c) != NULL)
				*at++ = '\\';
			*at++ = *c;
		}
		at = stpcpy(at, "\"\n");
	}
	MUST(parse(text, (size_t)(at - text), &again) == 0);
	MUST(again.len == f->len && memcmp(again.all, f->all, f->len) == 0);
	free(again.all);
	free(text);
}

/* ---- systemd's */

static void trim(const char *start, char **end)
{
	while (*end > start && strchr(" \t", (*end)[-1]) != NULL)
		(*end)--;
}

/* The value at *s, to behind the end of its line. */
static char *their_value(const char **s, char *out)
{
	enum { BEFORE, PLAIN, PLAIN_ESCAPE, SINGLE, DOUBLE, DOUBLE_ESCAPE } state = BEFORE;
	char *blank = NULL; /* where the blanks at the end begin */

	for (; **s != '\0'; (*s)++) {
		char c = **s;

		switch (state) {
		case BEFORE:
		case PLAIN:
			if (c == '\n') {
				(*s)++;
				return state == PLAIN && blank != NULL ? blank : out;
			}
			if (state == BEFORE && (c == '\'' || c == '"')) {
				state = c == '"' ? DOUBLE : SINGLE;
			} else if (c == '\\') {
				state = PLAIN_ESCAPE;
				blank = NULL;
			} else if (c != ' ' && c != '\t') {
				state = PLAIN;
				blank = NULL;
				*out++ = c;
			} else if (state == PLAIN) {
				blank = blank == NULL ? out : blank;
				*out++ = c;
			}
			break;
		case PLAIN_ESCAPE:
			state = PLAIN;
			if (c != '\n')
				*out++ = c;
			break;
		case SINGLE:
			if (c == '\'')
				state = BEFORE;
			else
				*out++ = c;
			break;
		case DOUBLE:
			if (c == '"')
				state = BEFORE;
			else if (c == '\\')
				state = DOUBLE_ESCAPE;
			else
				*out++ = c;
			break;
		case DOUBLE_ESCAPE:
			state = DOUBLE;
			if (c == '\n')
				break;
			if (strchr("\"\\`$", c) == NULL)
				*out++ = '\\';
			*out++ = c;
			break;
		}
	}
	return state == PLAIN && blank != NULL ? blank : out;
}

/* What we have refused it may read as it likes. */
static void compare(const struct found *ours, const char *text, size_t size)
{
	char *out = malloc(2 * size + 2), *at = out;

	MUST(out != NULL);
	while (*text != '\0') {
		text += strspn(text, " \t\n");
		if (*text == '#' || *text == ';') {
			text += strcspn(text, "\n");
		} else if (*text != '\0') {
			const char *start = at;

			while (*text != '=')
				*at++ = *text++;
			trim(start, &at);
			*at++ = *text++;
			at = their_value(&text, at);
			*at++ = '\0';
		}
	}
	MUST((size_t)(at - out) == ours->len && memcmp(out, ours->all, ours->len) == 0);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *copy = fuzz_text(data, size);
	struct found found;

	if (parse(text, size, &found) == 0) {
		round_trip(&found);
		if (strchr(copy, '\r') == NULL)
			compare(&found, copy, size);
	}
	free(found.all);
	free(copy);
	free(text);
	return 0;
}
