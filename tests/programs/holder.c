/* SPDX-License-Identifier: MIT */
/* holder [--posix] [--flock] [--mapped] [--ofd] [--read] [--shared] [--text TEXT] FILE
 * [PROGRAM [ARG]...]
 * Creates FILE unless it is there, takes the locks asked for (see
 * shim/pidfile/pidfile.h for their kinds), writes its pid or TEXT into it (nothing if
 * that is empty) and says "held" on stderr. Then it becomes PROGRAM, which
 * keeps all but the mapped lock, or stays until TERM. With --read it may only read
 * FILE, and writes nothing; with --shared it leaves its locks to a child that
 * shares its descriptors, says that one's pid, and ends. Makes every kind of pid
 * file that somebody might, in good faith or bad. */
#include "args.h"
#include "stay.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
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

static void lock_record(int fd, int command, int reads)
{
	struct flock lock = { .l_type = reads ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET };

	check(fcntl(fd, command, &lock), "fcntl");
}

static int stay(void *unused)
{
	(void)unused;
	stay_begin();
	stay_until_term();
	_exit(0);
}

static void leave_to_child(void)
{
	static char stack[65536];

	printf("%d\n",
	       check(clone(stay, stack + sizeof stack, CLONE_FILES | SIGCHLD, NULL), "clone"));
	fflush(stdout);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct args args;
	int posix, plain, mapped, ofd, reads, shared, fd;
	const char *path, *text = NULL;

	(void)argc;
	args_begin(&args, argv,
	           "holder [--posix] [--flock] [--mapped] [--ofd] [--read] [--shared] "
	           "[--text TEXT] FILE [PROGRAM [ARG]...]");
	posix = args_flag(&args, "--posix");
	plain = args_flag(&args, "--flock");
	mapped = args_flag(&args, "--mapped");
	ofd = args_flag(&args, "--ofd");
	reads = args_flag(&args, "--read");
	shared = args_flag(&args, "--shared");
	if (args_flag(&args, "--text"))
		text = args_need(&args);
	path = args_need(&args);
	if (mapped)
		lock_mapped(path);
	fd = check(reads ? open(path, O_RDONLY) : opened(path), path);
	if (plain)
		check(flock(fd, LOCK_EX | LOCK_NB), "flock");
	if (posix)
		lock_record(fd, F_SETLK, reads);
	if (ofd)
		lock_record(fd, F_OFD_SETLK, reads);
	if (!reads)
		check(ftruncate(fd, 0), path);
	if (!reads && text == NULL)
		dprintf(fd, "%ld\n", (long)getpid());
	else if (!reads)
		dprintf(fd, "%s", text);
	fputs("held\n", stderr);
	if (shared)
		leave_to_child();
	if (*args.at != NULL) {
		execvp(*args.at, args.at);
		check(-1, *args.at);
	}
	stay_begin();
	stay_until_term();
	return 0;
}
