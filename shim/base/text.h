/* SPDX-License-Identifier: MIT */
/* text - building and reading short texts without stdio and without memory
 * of our own: usable in a host process, in a signal handler, after vfork. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A text under construction in somebody's buffer; always terminated. */
struct text {
	char *start;
	char *at;
	char *end; /* the last byte of the buffer, kept for the terminator */
	int cut;   /* something did not fit */
};

/* Begins an empty text in buf, size bytes (at least one). */
void text_begin(struct text *t, char *buf, size_t size);

/* Append; what does not fit is left out and t->cut set. */
void text_str(struct text *t, const char *s);
void text_mem(struct text *t, const char *s, size_t len);
void text_num(struct text *t, long long n);

/* How many bytes the UTF-8 character at text takes; 0 if it is none: overlong,
 * a surrogate, beyond U+10FFFF, cut. The terminator is one. */
size_t text_character(const char *text);

/* Would the character at text move a terminal's cursor (C0, C1, DEL)? */
int text_control(const char *text);

/* Makes len bytes at s, and the terminator behind them, fit for a terminal, in
 * place: control characters but those in kept, and bytes that are not UTF-8,
 * become '?'. All text that may be somebody else's goes through here before it
 * is shown. Returns the new length, which is no larger. */
size_t text_tame(char *s, size_t len, const char *kept);

/* Appends s as a reader may see it: control characters, quotes and bytes
 * that are not UTF-8 become '?', after 80 bytes comes "...". */
void text_shown(struct text *t, const char *s);

/* The same in a buffer of its own, which it returns: for messages. */
#define TEXT_SHOWN 512
const char *text_quoted(char buf[TEXT_SHOWN], const char *s);

/* Reads a decimal number that is the whole of s, no sign, no blanks, no
 * overflow, within [min, max]. Returns 0, or -1 and leaves *out alone. */
int text_number(const char *s, long long min, long long max, long long *out);

/* Reads the digits, of base 10 or 16, that follow on blanks at *s, and moves *s
 * behind them; 0 when there are none. */
uint64_t text_digits(const char **s, unsigned base);

/* Reads seconds, "10", "0.5" or ".5", up to 1000000, as milliseconds: a part
 * of one counts as one, for 0.0001 is not "at once". Returns 0, or -1 and
 * leaves *ms alone. */
int text_seconds(const char *s, int *ms);

/* Appends milliseconds as seconds: "5", "0.25". */
void text_ms(struct text *t, int ms);

/* Is name (of length len) the whole word s? */
int text_is(const char *s, const char *name, size_t len);

/* Does s end in suffix, behind something else? */
int text_ends(const char *s, const char *suffix);

/* The last component of a path, which is never empty for a file's path. */
const char *text_basename(const char *path);

/* Splits line at blanks into at most n fields, of which the n-th is the rest
 * of the line. Returns how many there are. */
unsigned text_fields(char *line, char **fields, unsigned n);

/* n in decimal, in buf; returns buf. */
const char *text_decimal(char buf[24], long long n);

#endif
