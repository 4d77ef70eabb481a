/* SPDX-License-Identifier: MIT */
#include "options/values.h"

#include "base/instance.h"
#include "base/signals.h"

#include <signal.h>
#include <string.h>

int value_flag(const char *text, void *field)
{
	if ((text[0] != '0' && text[0] != '1') || text[1] != '\0')
		return -1;
	*(int *)field = text[0] - '0';
	return 0;
}

static int octal(const char *text, int max, int *out)
{
	int n = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '7')
			return -1;
		n = n * 8 + (*text - '0');
		if (n > max)
			return -1;
	}
	*out = n;
	return 0;
}

int value_octal(const char *text, void *field)
{
	return octal(text, 07777, field);
}

int value_mask(const char *text, void *field)
{
	return octal(text, 0777, field);
}

int value_seconds(const char *text, void *field)
{
	int ms;

	if (text_seconds(text, &ms) < 0 || ms == 0)
		return -1;
	*(int *)field = ms;
	return 0;
}

int value_name(const char *text, void *field)
{
	if (!instance_valid(text))
		return -1;
	*(const char **)field = text;
	return 0;
}

/* A control character in a path is a mistake, and one in a message could forge a
 * second message. */
static int has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			return 1;
	return 0;
}

int value_path(const char *text, void *field)
{
	size_t len = strlen(text);

	if (len == 0 || len >= PATH_MAX || has_control(text))
		return -1;
	*(const char **)field = text;
	return 0;
}

int value_string(const char *text, void *field)
{
	return *text == '\0' || has_control(text) ? -1 : value_any(text, field);
}

int value_any(const char *text, void *field)
{
	*(const char **)field = text;
	return 0;
}

int value_signal(const char *text, void *field)
{
	int number = signals_number(text);

	if (number <= 0 || number == SIGKILL || number == SIGSTOP)
		return -1;
	if (number >= SIGNALS_LIBC_FIRST && number <= SIGNALS_LIBC_LAST)
		return -1;
	*(int *)field = number;
	return 0;
}

/* One row per word. Words that only look like a destination are refused, because
 * they would silently become files. */
static const struct {
	char word[12];
	signed char kind; /* -1: refused */
} destinations[] = {
	{ "null", TO_NULL },
	{ "/dev/null", TO_NULL },
	{ "inherit", TO_INHERIT },
	{ "journal", TO_JOURNAL },
	{ "-", -1 },
	{ "stdout", -1 },
	{ "stderr", -1 },
	{ "none", -1 },
	{ "syslog", -1 },
};

int value_destination(const char *text, void *field)
{
	struct destination *to = field;

	for (unsigned i = 0; i < sizeof destinations / sizeof *destinations; i++) {
		if (strcmp(text, destinations[i].word) != 0)
			continue;
		if (destinations[i].kind < 0)
			return -1;
		to->kind = (enum destination_kind)destinations[i].kind;
		return 0;
	}
	if (*text == '|') {
		size_t len = strlen(text + 1);

		if (len == 0 || len >= PATH_MAX)
			return -1;
		to->arg = text + 1;
		to->kind = TO_COMMAND;
		return 0;
	}
	if (value_path(text, &to->arg) < 0)
		return -1;
	to->kind = TO_FILE;
	return 0;
}

int value_input(const char *text, void *field)
{
	struct destination from = { .arg = "" };

	if (value_destination(text, &from) < 0 || (from.kind != TO_NULL && from.kind != TO_FILE))
		return -1;
	*(struct destination *)field = from;
	return 0;
}

int value_fds(const char *text, void *field)
{
	struct keep_fds keep = { .all = strcmp(text, "all") == 0 };

	while (!keep.all) {
		size_t len = strcspn(text, ",");
		char number[16];
		struct text t;
		long long fd;

		text_begin(&t, number, sizeof number);
		text_mem(&t, text, len);
		if (t.cut || text_number(number, 3, INT_MAX, &fd) < 0 || keep.count == KEEP_MAX)
			return -1;
		keep.fd[keep.count++] = (int)fd;
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	*(struct keep_fds *)field = keep;
	return 0;
}
