/* SPDX-License-Identifier: MIT */
#include "base/scan.h"

#include "base/sys.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define ROOM (sizeof s->buf - 1)

/* Offsets in the kernel's struct linux_dirent64. */
#define LENGTH_AT 16
#define NAME_AT 19

int scan_open(struct scan *s, const char *path)
{
	int fd;

	do
		fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	while (fd == -EINTR);
	scan_begin(s, fd);
	return fd < 0 ? fd : 0;
}

void scan_begin(struct scan *s, int fd)
{
	s->fd = fd;
	s->at = s->len = 0;
}

void scan_rewind(struct scan *s)
{
	(void)sys_rewind(s->fd);
	s->at = s->len = 0;
}

/* Reads more, after the unread bytes of the buffer. Returns how much, 0 at EOF or
 * on error. */
static size_t fill(struct scan *s)
{
	ssize_t n;

	memmove(s->buf, s->buf + s->at, s->len - s->at);
	s->len -= s->at;
	s->at = 0;
	do
		n = sys_read(s->fd, s->buf + s->len, ROOM - s->len);
	while (n == -EINTR);
	if (n <= 0)
		return 0;
	s->len += (size_t)n;
	return (size_t)n;
}

/* Returns the last line of a file that does not end in a newline, or NULL. */
static char *remainder_of(struct scan *s)
{
	char *line = s->buf + s->at;

	if (s->at == s->len)
		return NULL;
	s->buf[s->len] = '\0';
	s->at = s->len;
	return line;
}

char *scan_line(struct scan *s)
{
	int too_long = 0;

	for (;;) {
		char *line = s->buf + s->at;
		char *end = memchr(line, '\n', s->len - s->at);

		if (end != NULL) {
			*end = '\0';
			s->at = (size_t)(end + 1 - s->buf);
			if (!too_long)
				return line;
			too_long = 0;
			continue;
		}
		if (s->at == 0 && s->len == ROOM) {
			too_long = 1;
			s->len = 0;
		}
		if (fill(s) == 0)
			return too_long ? NULL : remainder_of(s);
	}
}

char scan_field(struct scan *s, const char *ends, char *out, size_t size)
{
	size_t len = 0;
	char c = '\0';

	while (s->at < s->len || fill(s) > 0) {
		c = s->buf[s->at++];
		if (c == '\0' || strchr(ends, c) != NULL)
			break;
		if (out != NULL && len < size)
			out[len] = c;
		len++;
		c = '\0';
	}
	if (out != NULL)
		out[len < size ? len : 0] = '\0';
	return c;
}

const char *scan_entry(struct scan *s)
{
	for (;;) {
		uint16_t length;
		const char *name;

		if (s->at >= s->len) {
			int n = sys_getdents(s->fd, s->buf, ROOM);

			if (n <= 0)
				return NULL;
			s->at = 0;
			s->len = (size_t)n;
		}
		memcpy(&length, s->buf + s->at + LENGTH_AT, sizeof length);
		name = s->buf + s->at + NAME_AT;
		s->at += length;
		if (*name >= '0' && *name <= '9')
			return name;
	}
}

void scan_close(struct scan *s)
{
	sys_close(s->fd);
}
