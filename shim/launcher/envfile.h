/* SPDX-License-Identifier: MIT */
/* envfile - parses files in the syntax of systemd's EnvironmentFile=.
 *
 *	KEY=VALUE         blanks around KEY, and around VALUE, are dropped
 *	KEY="a \"b\" $c"  \" \\ \` \$ lose the backslash, others keep it
 *	KEY='as it is'    no escapes; both quotes may span lines
 *	KEY=a\ b          without quotes a backslash escapes the next character
 *	KEY=a\            and joins the next line, also within "..."
 *	# or ;            a comment; a backslash at its end does not continue it
 *
 * Quotes are special only at the start of a value and after a closing quote, so
 * KEY=it's needs no escape. Nothing is expanded. Lines end in LF, CRLF or CR; the
 * last one may lack its end. Unlike systemd, which skips them, we refuse a line
 * that is not an assignment and a quote that is not closed: a daemon should not
 * start without a variable that it needs. */
#ifndef ENVFILE_H
#define ENVFILE_H

#include <stddef.h>

/* Never includes the text of the line: it may be a secret, and the reader of the
 * message may not be the file's owner. */
struct envfile_error {
	size_t line; /* counted from 1 */
	const char *reason;
};

/* Receives one "KEY=VALUE", which points into the parsed text. Returns 0, or -errno
 * to stop parsing. A KEY may occur more than once; the last one counts. */
typedef int envfile_add(void *ctx, char *assignment);

/* Calls add for each assignment in text, which is rewritten in place: len bytes and
 * one more, for a terminator, must be writable. Returns 0, or -errno with *error:
 * -EINVAL for a bad line, else what add returned. The assignments before that line
 * have been added. */
int envfile_parse(char *text, size_t len, envfile_add *add, void *ctx, struct envfile_error *error);

#endif
