/* SPDX-License-Identifier: MIT */
/* The input as a pid file: what is read is a pid, written as one, or nothing. */
#include "fuzz.h"

#include "shim/base/sys.h"
#include "shim/pidfile/inspect.h"
#include "shim/pidfile/pidfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define MOST 4194304

/* [1-9][0-9]* up to MOST, blanks, the end; by other means than ours. */
static pid_t expected(const char *text, size_t size)
{
	size_t digits = strspn(text, "0123456789");
	size_t blanks = strspn(text + digits, " \t\r\n");

	if (size == 0)
		return 0;
	if (digits == 0 || *text == '0' || digits > 7 || digits + blanks != size ||
	    atoi(text) > MOST)
		return -1;
	return atoi(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	struct pidfile_view view;
	char *text = fuzz_text(data, size);
	pid_t pid = pidfile_parse((const char *)text, size);
	int fd;

	MUST(pid == expected(text, size));
	free(text);
	if (pid < 0)
		return 0; /* a reader would look for 100 ms, until it makes sense */
	if (path[0] == '\0')
		(void)snprintf(path, sizeof path, "/tmp/fuzz-pidfile.%d", (int)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)close(fd);
	pidfile_inspect(path, &view);
	(void)unlink(path);
	/* nobody holds a lock; and our own parent is no daemon of this file */
	MUST(view.state != PIDFILE_RUNNING && view.state != PIDFILE_STARTING &&
	     view.state != PIDFILE_STOPPED);
	MUST(view.pid == pid || size >= 64);
	MUST(memchr(view.why, '\0', sizeof view.why) != NULL);
	sys_close(view.pidfd);
	return 0;
}
