/* SPDX-License-Identifier: MIT */
/* check - assertions that go on after one failed, for one program each. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <string.h>

static int check_failures;

#define CHECK(condition) check_that((condition), __FILE__, __LINE__, "%s", #condition)
#define CHECK_INT(expected, actual, about)                                                         \
	check_int((expected), (actual), (about), __FILE__, __LINE__)
#define CHECK_STR(expected, actual, about)                                                         \
	check_str((expected), (actual), (about), __FILE__, __LINE__)

#define check_that(condition, file, line, ...)                                                     \
	((condition) ? (void)0                                                                     \
	             : (check_failures++, (void)printf("%s:%d: failed: ", (file), (line)),         \
	                (void)printf(__VA_ARGS__), (void)putchar('\n')))

static inline void check_int(long long expected, long long actual, const char *about,
                             const char *file, int line)
{
	check_that(expected == actual, file, line, "%s: expected %lld, got %lld", about, expected,
	           actual);
}

static inline void check_str(const char *expected, const char *actual, const char *about,
                             const char *file, int line)
{
	check_that(strcmp(expected, actual) == 0, file, line, "%s: expected <%s>, got <%s>", about,
	           expected, actual);
}

/* What main returns. */
static inline int check_status(void)
{
	return check_failures > 0;
}

#endif
