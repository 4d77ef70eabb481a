/* SPDX-License-Identifier: MIT */
#include "shake.h"

#include "board.h"
#include "pidfile/pidlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define NAP_NS 60000

void shake(void)
{
	const int saved = errno;
	const unsigned what = board_random(64);
	const struct timespec nap = { .tv_nsec = board_random(NAP_NS) };

	if (what == 0)
		(void)nanosleep(&nap, NULL);
	else if (what < 8)
		(void)sched_yield();
	errno = saved;
}

#define WRAP(type, name, parameters, arguments)                                                    \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		shake();                                                                           \
		return __real_##name arguments;                                                    \
	}

WRAP(int, close, (int fd), (fd))
WRAP(int, flock, (int fd, int operation), (fd, operation))
WRAP(void *, mmap, (void *at, size_t size, int prot, int flags, int fd, off_t offset),
     (at, size, prot, flags, fd, offset))
WRAP(ssize_t, pread, (int fd, void *buf, size_t size, off_t at), (fd, buf, size, at))
WRAP(ssize_t, pwrite, (int fd, const void *buf, size_t size, off_t at), (fd, buf, size, at))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, sys_fstat, (int fd, struct sys_stat *out), (fd, out))
WRAP(int, sys_stat, (int dir, const char *path, int flags, struct sys_stat *out),
     (dir, path, flags, out))

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	if (flags & O_CREAT) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	shake();
	return __real_open(path, flags, mode);
}

/* All of its commands here take one, a struct flock. */
int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
	struct flock *lock;
	va_list args;

	va_start(args, command);
	lock = va_arg(args, struct flock *);
	va_end(args);
	shake();
	return __real_fcntl(fd, command, lock);
}

/* ---- removing
 *
 * A name is checked and then removed, and no system call does both: whoever
 * obeys no lock may put another file there in between. That is counted, and
 * told from a removal that was not checked or not held back by a lock. */

static struct sys_stat checked; /* which file */
static long checked_at = -1;    /* board->takings then */

int __real_pidlock_gone(const struct pidfile *p, const char *path);
int __wrap_pidlock_gone(const struct pidfile *p, const char *path);
int __wrap_pidlock_gone(const struct pidfile *p, const char *path)
{
	shake();
	checked = p->file;
	checked_at = board->takings;
	return __real_pidlock_gone(p, path);
}

/* The file that was behind path when that name was taken from it, by an atomic
 * rename, is removed. */
static int remove_seen(const char *path)
{
	struct sys_stat removed;
	char name[32];

	(void)snprintf(name, sizeof name, "removed.%d", (int)getpid());
	if (rename(path, name) < 0)
		return -1;
	if (sys_stat(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, &removed) == 0 &&
	    !sys_same(&removed, &checked)) {
		if (checked_at < 0 || checked_at == board->takings)
			board_complain(&board->faults, "removes inode %lu, which is another's",
			               (unsigned long)removed.ino);
		else
			board->late++;
		board_lose(name);
	}
	return unlinkat(AT_FDCWD, name, 0);
}

int __wrap_unlink(const char *path);
int __wrap_unlink(const char *path)
{
	int r;

	shake();
	if (!board->disturbed)
		return unlinkat(AT_FDCWD, path, 0);
	board_naming_begin();
	r = remove_seen(path);
	board_naming_end();
	return r;
}
