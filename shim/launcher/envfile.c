/* SPDX-License-Identifier: MIT */
#include "launcher/envfile.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>

/* The write position never passes the read position, so one buffer serves both. */
struct cursor {
	char *at; /* next byte to read */
	char *end;
	char *out; /* next byte to write, at or before `at` */
	size_t line;
};

/* Fills in *error. Returns -EINVAL. */
static int refuse(struct envfile_error *error, size_t line, const char *reason)
{
	error->line = line;
	error->reason = reason;
	return -EINVAL;
}

/* Length of the line's end here: 0 (none), 1 (LF, CR) or 2 (CRLF). */
static size_t line_end(const struct cursor *c)
{
	if (c->at == c->end || (*c->at != '\n' && *c->at != '\r'))
		return 0;
	return *c->at == '\r' && c->end - c->at > 1 && c->at[1] == '\n' ? 2 : 1;
}

static int at_blank(const struct cursor *c)
{
	return c->at < c->end && (*c->at == ' ' || *c->at == '\t');
}

static int skip_line_end(struct cursor *c)
{
	size_t len = line_end(c);

	c->at += len;
	c->line += len > 0;
	return len > 0;
}

static void skip_blanks(struct cursor *c)
{
	while (at_blank(c))
		c->at++;
}

static void skip_to_line_end(struct cursor *c)
{
	while (c->at < c->end && line_end(c) == 0)
		c->at++;
}

/* Copies one byte, counting lines within a quoted text. */
static void copy(struct cursor *c)
{
	c->line += *c->at == '\n';
	*c->out++ = *c->at++;
}

/* Copies what follows a backslash within double quotes. */
static void escape_in_quotes(struct cursor *c)
{
	if (skip_line_end(c))
		return;
	if (c->at < c->end && strchr("\"\\`$", *c->at) == NULL)
		*c->out++ = '\\';
	if (c->at < c->end)
		copy(c);
}

/* Copies a quoted text. Returns 0 after the closing quote, -1 if there is none. */
static int quoted(struct cursor *c)
{
	const char quote = *c->at++;

	while (c->at < c->end) {
		if (*c->at == quote) {
			c->at++;
			return 0;
		}
		if (quote == '"' && *c->at == '\\') {
			c->at++;
			escape_in_quotes(c);
		} else {
			copy(c);
		}
	}
	return -1;
}

/* Copies the rest of the line, without blanks at its end unless escaped. */
static void unquoted(struct cursor *c)
{
	char *keep = c->out;

	while (c->at < c->end && line_end(c) == 0) {
		int kept = !at_blank(c);

		if (*c->at == '\\') {
			c->at++;
			if (c->at < c->end && !skip_line_end(c))
				copy(c);
		} else {
			copy(c);
		}
		if (kept)
			keep = c->out;
	}
	c->out = keep;
}

static int read_value(struct cursor *c, struct envfile_error *error)
{
	skip_blanks(c);
	while (c->at < c->end && (*c->at == '"' || *c->at == '\'')) {
		size_t line = c->line;

		if (quoted(c) < 0)
			return refuse(error, line, "a quote is not closed");
		skip_blanks(c);
	}
	unquoted(c);
	return 0;
}

static int name_ok(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char ch = name[i];
		int letter = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || ch == '_';

		if (!letter && (i == 0 || ch < '0' || ch > '9'))
			return 0;
	}
	return len > 0;
}

/* Reads "KEY=", from the first byte of a line. */
static int read_name(struct cursor *c, struct envfile_error *error)
{
	char *start = c->at;
	char *end;

	while (c->at < c->end && line_end(c) == 0 && *c->at != '=')
		c->at++;
	for (end = c->at; end > start && (end[-1] == ' ' || end[-1] == '\t'); end--)
		;
	if (c->at == c->end || *c->at != '=')
		return refuse(error, c->line, "it is not KEY=VALUE");
	if (!name_ok(start, (size_t)(end - start)))
		return refuse(error, c->line, "the text before = is not a variable name");
	c->at++;
	*end = '=';
	c->out = end + 1;
	return 0;
}

/* A NUL would end an assignment early; the file is probably not a text. */
static int no_nul(char *text, size_t len, struct envfile_error *error)
{
	struct cursor c = { .at = text, .end = text + len, .line = 1 };

	while (c.at < c.end && *c.at != '\0')
		if (!skip_line_end(&c))
			c.at++;
	return c.at == c.end ? 0 : refuse(error, c.line, "it contains a NUL byte");
}

static int assignment(struct cursor *c, envfile_add *add, void *ctx, struct envfile_error *error)
{
	char *start = c->at;
	size_t line = c->line;
	int r = read_name(c, error);

	if (r == 0)
		r = read_value(c, error);
	if (r < 0)
		return r;
	/* Skipped first: the terminator may overwrite it. */
	(void)skip_line_end(c);
	*c->out = '\0';
	r = add(ctx, start);
	if (r < 0)
		(void)refuse(error, line, error_text(-r));
	return r < 0 ? r : 0;
}

int envfile_parse(char *text, size_t len, envfile_add *add, void *ctx, struct envfile_error *error)
{
	struct cursor c = { .at = text, .end = text + len, .line = 1 };
	int r = no_nul(text, len, error);

	while (r == 0 && c.at < c.end) {
		if (at_blank(&c))
			c.at++;
		else if (*c.at == '#' || *c.at == ';')
			skip_to_line_end(&c);
		else if (!skip_line_end(&c))
			r = assignment(&c, add, ctx, error);
	}
	return r;
}
