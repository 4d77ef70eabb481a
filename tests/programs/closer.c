/* SPDX-License-Identifier: MIT */
/* closer [FROM]: closes every descriptor from FROM (3) on as the very first
 * thing, as sshd, dropbear and many daemons do with closefrom(3), then stays.
 * A lock that lives on a descriptor does not survive it. */
#include "args.h"
#include "stay.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>

/* For kernels before close_range(2). */
static void close_listed(int from)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	if (dir == NULL)
		exit(1);
	while ((entry = readdir(dir)) != NULL) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		if (entry->d_name[0] != '.' && fd >= from && fd != dirfd(dir))
			close(fd);
	}
	closedir(dir);
}

static void close_from(int from)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, (unsigned)from, ~0U, 0U) == 0)
		return;
#endif
	close_listed(from);
}

int main(int argc, char **argv)
{
	struct args args;
	int from = 3;

	(void)argc;
	args_begin(&args, argv, "closer [FROM]");
	if (*args.at != NULL)
		from = (int)args_need_number(&args);
	close_from(from);
	stay_begin();
	stay_until_term();
	return 0;
}
