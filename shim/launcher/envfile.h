/* SPDX-License-Identifier: MIT */
/* envfile - reads variables in the form of systemd's EnvironmentFile=.
 *
 *	KEY=VALUE        blanks around KEY, and around VALUE, are dropped
 *	KEY="a \"b\" $c"  \" \\ \` \$ lose the backslash, others keep it
 *	KEY='as it is'   no escapes; both quotes may span lines
 *	KEY=a\ b         without quotes a backslash keeps the next character
 *	KEY=a\           and joins the next line, as it does within "..."
 *	# or ;           a comment, which a backslash does not prolong
 *
 * Quotes count at the start of a value and behind a closing quote only, so
 * that KEY=it's is what it looks like. Nothing is expanded. Lines end in LF,
 * CRLF or CR; the last one need not end. Unlike systemd, which skips them,
 * we refuse a line that is not an assignment and a quote that is not closed:
 * a daemon should not start without the variable it was to get. */
#ifndef ENVFILE_H
#define ENVFILE_H

#include <stddef.h>

/* The text of a line is never shown: the file may not be the caller's, who
 * reads the message, or the text a secret. */
struct envfile_error {
	size_t line; /* counted from 1 */
	const char *reason;
};

/* Takes one "KEY=VALUE", which lies in the text that was parsed and stays
 * there. Returns 0, or -errno to end the reading. A KEY may come more
 * than once; the last one is meant. */
typedef int envfile_add(void *ctx, char *assignment);

/* Calls add for each assignment of text, which is rewritten in place: its
 * len bytes and the one behind them, for a terminator, must be writable (as
 * sys_read_file leaves them). Returns 0; or -errno with *error:
 * -EINVAL for a bad line, else what add returned. Assignments before the bad
 * line have been added then. */
int envfile_parse(char *text, size_t len, envfile_add *add, void *ctx, struct envfile_error *error);

#endif
