/* SPDX-License-Identifier: MIT */
/* ownpid [--unlink] FILE: writes its own pid file, as most servers do, then
 * stays. Closing it drops every POSIX lock the process has on that file.
 * --unlink removes it at the end, as nginx does. */
#include "args.h"
#include "stay.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int write_pid(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	int rc;

	if (fd < 0)
		return -1;
	rc = dprintf(fd, "%ld\n", (long)getpid()) > 0 ? 0 : -1;
	return close(fd) == 0 ? rc : -1;
}

int main(int argc, char **argv)
{
	struct args args;
	const char *path;
	int unlink_it;

	(void)argc;
	args_begin(&args, argv, "ownpid [--unlink] FILE");
	unlink_it = args_flag(&args, "--unlink");
	path = args_need(&args);
	stay_begin();
	if (write_pid(path) != 0) {
		perror(path);
		return 1;
	}
	stay_until_term();
	return unlink_it ? unlink(path) != 0 : 0;
}
