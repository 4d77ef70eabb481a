/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *said;
static size_t room;

void judge_begin(char *text, size_t size)
{
	said = text;
	room = size;
	*text = '\0';
}

void judge_wrong(const char *format, ...)
{
	const size_t len = strlen(said);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(said + len, room - len, format, args);
	va_end(args);
	(void)snprintf(said + strlen(said), room - strlen(said), "; ");
}

long judge_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, size - 1) : -1;

	text[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		(void)close(fd);
	return n;
}

int judge_documented(int status)
{
	static const char statuses[] = { 67, 69, 71, 73, 75, 77, 78, 126, 127 };

	return memchr(statuses, status, sizeof statuses) != NULL;
}

int judge_is_message(const char *text)
{
	return strncmp(text, "libdaemonize: ", 14) == 0 || strncmp(text, "dstart: ", 8) == 0;
}
