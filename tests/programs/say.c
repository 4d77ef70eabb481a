/* SPDX-License-Identifier: MIT */
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char said[1 << 19];
static size_t used;

void say(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(said + used, sizeof said - used, fmt, ap);
	va_end(ap);
	if (n > 0)
		used += (size_t)n < sizeof said - used ? (size_t)n : sizeof said - used - 1;
}

void say_bytes(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c > 0x7E || c == '\\')
			say("\\x%02x", c);
		else
			say("%c", c);
	}
}

void say_line(const char *key, const char *value)
{
	say("%s=", key);
	if (value != NULL)
		say_bytes(value, strlen(value));
	else
		say("(null)");
	say("\n");
}

static int write_all(int fd)
{
	for (size_t done = 0; done < used;) {
		ssize_t n = write(fd, said + done, used - done);

		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	used = 0;
	return 0;
}

int say_to(const char *path)
{
	char hidden[4096];
	struct stat there;
	int fd, rc;

	if (path == NULL)
		return write_all(STDOUT_FILENO);
	snprintf(hidden, sizeof hidden, "%s.tmp.%ld", path, (long)getpid());
	fd = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return -1;
	rc = write_all(fd);
	if (close(fd) != 0 || rc != 0)
		return -1;
	/* never over what is no file of ours: as root, that was once /dev/null */
	if (lstat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
		(void)unlink(hidden);
		errno = EEXIST;
		return -1;
	}
	return rename(hidden, path);
}
