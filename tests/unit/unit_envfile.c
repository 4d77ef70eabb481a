/* SPDX-License-Identifier: MIT */
#include "launcher/envfile.h"

#include "base/error.h"
#include "check.h"

#include <errno.h>
#include <stdlib.h>

/* An input, and the assignments it gives, each followed by '|'. */
static const struct {
	const char *input;
	const char *expected;
} good[] = {
	{ "", "" },
	{ "\n\n  \t\n\r\n", "" },
	{ "A=1", "A=1|" },
	{ "A=1\nB=2\n", "A=1|B=2|" },
	{ "A=\nB=", "A=|B=|" },
	{ "_a9=x", "_a9=x|" },
	{ "A=1\nA=2\n", "A=1|A=2|" },
	/* blanks */
	{ "  A = x y \t\nB=\t2", "A=x y|B=2|" },
	{ "A=x\\ \n", "A=x |" },
	{ "A=x \\  \n", "A=x  |" },
	{ "A=  \nB=1", "A=|B=1|" },
	/* comments */
	{ "# A=1\n; B=2\n  # C=3\nD=4", "D=4|" },
	{ "A=1 # not one\nB=#x", "A=1 # not one|B=#x|" },
	{ "# no longer \\\nA=1\n", "A=1|" },
	/* without quotes */
	{ "A=a\\nb", "A=anb|" },
	{ "A=a\\\\b\\\"c\\'d\\$e", "A=a\\b\"c'd$e|" },
	{ "A=it's \"so\"", "A=it's \"so\"|" },
	{ "A=b=c=d", "A=b=c=d|" },
	{ "A=$B ${C} `d`", "A=$B ${C} `d`|" },
	{ "A=\\#x", "A=#x|" },
	/* continuation */
	{ "A=a\\\nb\\\nc\nD=1", "A=abc|D=1|" },
	{ "A=a\\\n  b  \n", "A=a  b|" },
	{ "A=a\\\r\nb\r\n", "A=ab|" },
	{ "A=\\\nb", "A=b|" },
	{ "A=a  \\\n  \nB=1", "A=a  |B=1|" },
	{ "A=a\\", "A=a|" },
	{ "A=a\\\n", "A=a|" },
	/* quotes */
	{ "A='a b'\nB=\"c d\"", "A=a b|B=c d|" },
	{ "A=''\nB=\"\"", "A=|B=|" },
	{ "A='  x  '  ", "A=  x  |" },
	{ "A='a\\nb\\'\n", "A=a\\nb\\|" },
	{ "A=\"a\\\"b\\\\c\\`d\\$e\"", "A=a\"b\\c`d$e|" },
	{ "A=\"a\\nb\\t\\'\"", "A=a\\nb\\t\\'|" },
	{ "A=\"a\\\nb\"", "A=ab|" },
	{ "A=\"a\\\r\nb\"", "A=ab|" },
	{ "A='a\nb'\nB=\"c\nd\"\nE=1", "A=a\nb|B=c\nd|E=1|" },
	{ "A='a'\"b\" 'c'  d e ", "A=abcd e|" },
	{ "A='a'b'c'", "A=ab'c'|" },
	{ "A='# no'\nB=\"; no\"", "A=# no|B=; no|" },
	/* ends of lines */
	{ "A=1\r\nB=2\r\n", "A=1|B=2|" },
	{ "A=1\rB=2\r", "A=1|B=2|" },
	{ "A='1'\r\nB=\"2\"\r\n", "A=1|B=2|" },
	{ "# c\r\nA=1", "A=1|" },
	/* bytes are bytes */
	{ "A=\xc3\xa4\xff\x01", "A=\xc3\xa4\xff\x01|" },
};

#define NAME "the text before = is not a variable name"

static const struct {
	const char *input;
	unsigned line;
	const char *reason;
} bad[] = {
	{ "foo", 1, "it is not KEY=VALUE" },
	{ "A=1\n\n  foo bar  \nB=2", 3, "it is not KEY=VALUE" },
	{ "A=1\r\n\r\nfoo\r\n", 3, "it is not KEY=VALUE" },
	{ "A='1\n2'\nfoo", 3, "it is not KEY=VALUE" },
	{ "A=1\\\n2\nfoo", 3, "it is not KEY=VALUE" },
	{ "A=\"1\\\n2\"\nfoo", 3, "it is not KEY=VALUE" },
	{ "=x", 1, NAME },
	{ "1A=x", 1, NAME },
	{ "A-B=x", 1, NAME },
	{ "A B=x", 1, NAME },
	{ "export A=x", 1, NAME },
	{ "\xef\xbb\xbf"
	  "A=x",
	  1, NAME },
	{ "B=1\nA='x\ny", 2, "a quote is not closed" },
	{ "A=\"x\\\"", 1, "a quote is not closed" },
	{ "A=\"x\\", 1, "a quote is not closed" },
	{ "A='a' \"b", 1, "a quote is not closed" },
};

static char seen[1024];

static int collect(void *ctx, char *assignment)
{
	int *left = ctx;

	if (left != NULL && (*left)-- == 0)
		return -ENOMEM;
	strcat(seen, assignment);
	strcat(seen, "|");
	return 0;
}

/* The buffer is as large as promised and no larger: sanitizers watch it. */
static int parse(const char *input, size_t len, int *left, struct envfile_error *error)
{
	char *text = malloc(len + 1);
	int result;

	if (text == NULL)
		abort();
	memcpy(text, input, len);
	seen[0] = '\0';
	result = envfile_parse(text, len, collect, left, error);
	free(text);
	return result;
}

static void check_limits(void)
{
	struct envfile_error error;
	char longest[300];
	int left = 1;

	CHECK_INT(-EINVAL, parse("A=1\nB=\0\n", 8, NULL, &error), "NUL");
	CHECK_INT(2, (long long)error.line, "NUL");
	CHECK_STR("it contains a NUL byte", error.reason, "NUL");
	CHECK_STR("", seen, "nothing of a binary file is added");

	CHECK_INT(-ENOMEM, parse("A=1\nB='\n'\nC=3\n", 14, &left, &error), "add refuses");
	CHECK_INT(2, (long long)error.line, "the line where the assignment begins");
	CHECK_STR(error_text(ENOMEM), error.reason, "add's reason");
	CHECK_STR("A=1|", seen, "those before");

	memset(longest, 'x', sizeof longest);
	CHECK_INT(-EINVAL, parse(longest, sizeof longest, NULL, &error), "a long line");
	CHECK_STR("it is not KEY=VALUE", error.reason, "a long line");
}

int main(void)
{
	struct envfile_error error;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		const char *input = good[i].input;

		CHECK_INT(0, parse(input, strlen(input), NULL, &error), input);
		CHECK_STR(good[i].expected, seen, input);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *input = bad[i].input;

		CHECK_INT(-EINVAL, parse(input, strlen(input), NULL, &error), input);
		CHECK_INT(bad[i].line, (long long)error.line, input);
		CHECK_STR(bad[i].reason, error.reason, input);
	}
	check_limits();
	return check_status();
}
