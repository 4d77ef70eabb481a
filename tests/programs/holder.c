/* SPDX-License-Identifier: MIT */
/* holder [--posix] [--flock] [--mapped] [--text TEXT] FILE [PROGRAM [ARG]...]
 * Creates FILE unless it is there, takes the locks asked for (see
 * shim/pidfile/pidfile.h for their kinds), writes its pid or TEXT into it (nothing if
 * that is empty) and says "held" on stderr. Then it becomes PROGRAM, which
 * keeps all but the mapped lock, or stays until TERM. Makes every kind of pid
 * file that somebody might, in good faith or bad. */
#include "args.h"
#include "stay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

static int check(int r, const char *what)
{
	if (r < 0) {
		perror(what);
		_exit(1);
	}
	return r;
}

static int opened(const char *path)
{
	int fd = open(path, O_RDWR);

	return fd < 0 && errno == ENOENT ? open(path, O_RDWR | O_CREAT, 0644) : fd;
}

/* Its descriptor is closed before the POSIX lock is taken, which it would drop. */
static void lock_mapped(const char *path)
{
	int fd = check(opened(path), path);

	check(flock(fd, LOCK_EX | LOCK_NB), "flock");
	if (mmap(NULL, 4096, PROT_NONE, MAP_SHARED, fd, 0) == MAP_FAILED)
		check(-1, "mmap");
	close(fd);
}

static void lock_posix(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	check(fcntl(fd, F_SETLK, &lock), "fcntl");
}

int main(int argc, char **argv)
{
	struct args args;
	int posix, plain, mapped, fd;
	const char *path, *text = NULL;

	(void)argc;
	args_begin(&args, argv,
	           "holder [--posix] [--flock] [--mapped] [--text TEXT] FILE "
	           "[PROGRAM [ARG]...]");
	posix = args_flag(&args, "--posix");
	plain = args_flag(&args, "--flock");
	mapped = args_flag(&args, "--mapped");
	if (args_flag(&args, "--text"))
		text = args_need(&args);
	path = args_need(&args);
	if (mapped)
		lock_mapped(path);
	fd = check(opened(path), path);
	if (plain)
		check(flock(fd, LOCK_EX | LOCK_NB), "flock");
	if (posix)
		lock_posix(fd);
	check(ftruncate(fd, 0), path);
	if (text == NULL)
		dprintf(fd, "%ld\n", (long)getpid());
	else
		dprintf(fd, "%s", text);
	fputs("held\n", stderr);
	if (*args.at != NULL) {
		execvp(*args.at, args.at);
		check(-1, *args.at);
	}
	stay_begin();
	stay_until_term();
	return 0;
}
