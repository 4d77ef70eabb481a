/* SPDX-License-Identifier: MIT */
/* The input as a pid file: what is read is a pid, written as one, or nothing. */
#include "pidfile.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pid_t check_parse(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), number[16];
	pid_t pid;

	if (size > 0)
		memcpy(text, data, size);
	pid = pidfile_parse(text, size);
	if (pid > 0) {
		int len = snprintf(number, sizeof number, "%d", (int)pid);

		if ((size_t)len > size || memcmp(number, data, (size_t)len) != 0)
			abort();
	}
	free(text);
	return pid;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	struct pidfile_view view;
	int fd;

	if (check_parse(data, size) < 0)
		return 0; /* a reader would look for 100 ms, until it makes sense */
	if (path[0] == '\0')
		(void)snprintf(path, sizeof path, "/tmp/fuzz-pidfile.%d", (int)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	(void)close(fd);
	pidfile_inspect(path, &view);
	(void)unlink(path);
	/* nobody holds a lock; and our own parent is no daemon of this file */
	if (view.state == PIDFILE_RUNNING || view.state == PIDFILE_STARTING ||
	    view.state == PIDFILE_STOPPED || memchr(view.why, '\0', sizeof view.why) == NULL)
		abort();
	sys_close(view.pidfd);
	return 0;
}
