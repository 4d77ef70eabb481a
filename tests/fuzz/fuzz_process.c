/* SPDX-License-Identifier: MIT */
/* The readers of /proc/PID/stat and status, in front of a kernel that says
 * whatever the input does: what reads files is replaced here. */
#include "process.h"
#include "sys.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *content;
static size_t content_left;

ssize_t sys_read_file(const char *path, char *buf, size_t size)
{
	size_t n = content_left < size - 1 ? content_left : size - 1;

	(void)path;
	if (n > 0)
		memcpy(buf, content, n);
	buf[n] = '\0';
	return (ssize_t)n;
}

ssize_t sys_read_all(int fd, void *buf, size_t size)
{
	size_t n = content_left < size ? content_left : size;

	(void)fd;
	if (n > 0)
		memcpy(buf, content, n);
	content += n;
	content_left -= n;
	return (ssize_t)n;
}

void sys_close(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct process_stat stat;
	struct process_signals signals;
	uid_t real, effective;

	content = data;
	content_left = size;
	(void)process_stat(getpid(), &stat);
	(void)process_older(getpid(), (struct timespec){ .tv_sec = 0 });
	(void)process_signals(getpid(), &signals);
	content = data;
	content_left = size;
	(void)process_owner(getpid(), &real, &effective);
	return 0;
}
