/* SPDX-License-Identifier: MIT */
/* The <string.h> functions that the library uses, as hidden symbols of the same
 * names, so that neither our calls nor those that compilers insert can be
 * interposed. The tools use their libc's.
 *
 * HAZARD: compilers recognise such loops and replace them by calls to these very
 * functions; the Makefile disables that for this file. */
#include "base/sys.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc's are __dest */

/* Some names are in parentheses: C23's <string.h> has generic macros of these. */

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	while (len-- > 0)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t len)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (t < f)
		while (len-- > 0)
			*t++ = *f++;
	else
		while (len-- > 0)
			t[len] = f[len];
	return to;
}

void *memset(void *to, int byte, size_t len)
{
	unsigned char *t = to;

	while (len-- > 0)
		*t++ = (unsigned char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const unsigned char *x = a, *y = b;

	for (; len > 0; len--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

/* clang calls it instead of memcmp where only equality is asked. */
int bcmp(const void *a, const void *b, size_t len)
{
	return memcmp(a, b, len);
}

void *(memchr)(const void *in, int byte, size_t len)
{
	for (const unsigned char *s = in; len > 0; len--, s++)
		if (*s == (unsigned char)byte)
			return (void *)s;
	return NULL;
}

size_t strlen(const char *s)
{
	size_t len = 0;

	while (s[len] != '\0')
		len++;
	return len;
}

int strncmp(const char *a, const char *b, size_t len)
{
	for (; len > 0; len--, a++, b++)
		if (*a != *b || *a == '\0')
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

char *(strchr)(const char *s, int byte)
{
	for (;; s++) {
		if (*s == (char)byte)
			return (char *)s;
		if (*s == '\0')
			return NULL;
	}
}

char *(strrchr)(const char *s, int byte)
{
	const char *found = NULL;

	for (;; s++) {
		if (*s == (char)byte)
			found = s;
		if (*s == '\0')
			return (char *)found;
	}
}

size_t strcspn(const char *s, const char *reject)
{
	size_t len = 0;

	while (s[len] != '\0' && strchr(reject, s[len]) == NULL)
		len++;
	return len;
}

size_t strspn(const char *s, const char *accept)
{
	size_t len = 0;

	while (s[len] != '\0' && strchr(accept, s[len]) != NULL)
		len++;
	return len;
}

#ifdef __arm__
/* The compiler's run-time division calls it for a division by zero. */
int raise(int number)
{
	return sys_kill(sys_getpid(), number);
}
#endif
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
