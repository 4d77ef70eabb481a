/* SPDX-License-Identifier: MIT */
/* text - builds and parses short strings without stdio and without allocating
 * memory: usable in a host process, in a signal handler and after vfork. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A string under construction in the caller's buffer; always terminated. */
struct text {
	char *start;
	char *at;
	char *end; /* the last byte of the buffer, reserved for the terminator */
	int cut;   /* something did not fit */
};

/* Begins an empty string in buf, of size bytes (at least 1). */
void text_begin(struct text *t, char *buf, size_t size);

/* Append; what does not fit is cut off, and t->cut set. */
void text_str(struct text *t, const char *s);
void text_mem(struct text *t, const char *s, size_t len);
void text_num(struct text *t, long long n);

/* Returns the number of bytes of the UTF-8 character at text (1 for the
 * terminator), or 0 if it is invalid: overlong, a surrogate, beyond U+10FFFF, or
 * incomplete. */
size_t text_character(const char *text);

/* Is the character at text a control character (C0, C1, DEL), which could drive a
 * terminal? */
int text_control(const char *text);

/* Makes len bytes at s, which a terminator must follow, safe for a terminal, in
 * place: control characters except those in kept, and bytes that are not UTF-8,
 * become '?'. All text that may come from others passes through here before it is
 * shown. Returns the new length, at most len. */
size_t text_tame(char *s, size_t len, const char *kept);

/* Appends s as messages show it: control characters, single quotes and bytes that
 * are not UTF-8 become '?', and "..." follows after 80 bytes. */
void text_shown(struct text *t, const char *s);

/* The same, into buf. Returns buf. */
#define TEXT_SHOWN 512
const char *text_quoted(char buf[TEXT_SHOWN], const char *s);

/* Parses all of s as a decimal number in [min, max], without sign or blanks.
 * Returns 0, or -1 and leaves *out alone. */
int text_number(const char *s, long long min, long long max, long long *out);

/* Skips blanks at *s, parses the digits of base 10 or 16 that follow, and moves *s
 * past them. Returns the number (no check for overflow), 0 if there are no digits. */
uint64_t text_digits(const char **s, unsigned base);

/* Parses seconds, "10", "0.5" or ".5", up to 1000000, into milliseconds. Rounds up,
 * so that 0.0001 does not become 0. Returns 0, or -1 and leaves *ms alone. */
int text_seconds(const char *s, int *ms);

/* Appends milliseconds as seconds: "5", "0.25". */
void text_ms(struct text *t, int ms);

/* Is s equal to the len bytes at name? */
int text_is(const char *s, const char *name, size_t len);

/* Does s end in suffix, with something before it? */
int text_ends(const char *s, const char *suffix);

/* Returns what follows the last slash of path: empty if path ends in a slash. */
const char *text_basename(const char *path);

/* Splits line in place at blanks into at most n fields, of which the n-th is the
 * rest of the line. Returns the number of fields. */
unsigned text_fields(char *line, char **fields, unsigned n);

/* Writes n in decimal into buf. Returns buf. */
const char *text_decimal(char buf[24], long long n);

#endif
