/* SPDX-License-Identifier: MIT */
#include "shake.h"

#include "board.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAP_NS 60000

void shake(void)
{
	struct fate *fate = &board->fates[getpid()];
	const unsigned what = board_random(64);
	const struct timespec nap = { .tv_nsec = board_random(NAP_NS) };

	if (board->kills && fate->phase == PHASE_TRYING && board_random(1000) == 0) {
		board->killed++;
		fate->phase = PHASE_DYING;
		(void)raise(SIGKILL);
	}
	if (what == 0)
		(void)nanosleep(&nap, NULL);
	else if (what < 8)
		(void)sched_yield();
}

#define WRAP(type, name, parameters, arguments)                                                    \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		shake();                                                                           \
		return __real_##name arguments;                                                    \
	}

WRAP(int, sys_openat, (int dir, const char *path, int flags, mode_t mode), (dir, path, flags, mode))
WRAP(int, sys_flock, (int fd, int operation), (fd, operation))
WRAP(int, sys_lock, (int fd, int type), (fd, type))
WRAP(int, sys_lock_holder, (int fd, int type, pid_t *holder), (fd, type, holder))
WRAP(int, sys_map_file, (int fd, size_t size, void **out), (fd, size, out))
WRAP(ssize_t, sys_pread, (int fd, void *buf, size_t size, uint64_t at), (fd, buf, size, at))
WRAP(ssize_t, sys_pwrite, (int fd, const void *buf, size_t size, uint64_t at), (fd, buf, size, at))
WRAP(int, sys_truncate_to_nothing, (int fd), (fd))
WRAP(int, sys_fstat, (int fd, struct sys_stat *out), (fd, out))

void __real_sys_close(int fd);
void __wrap_sys_close(int fd);
void __wrap_sys_close(int fd)
{
	shake();
	__real_sys_close(fd);
}

int __real_sys_renameat2(int olddir, const char *old, int newdir, const char *new, unsigned flags);
int __wrap_sys_renameat2(int olddir, const char *old, int newdir, const char *new, unsigned flags);
int __wrap_sys_renameat2(int olddir, const char *old, int newdir, const char *new, unsigned flags)
{
	int r;

	shake();
	r = __real_sys_renameat2(olddir, old, newdir, new, flags);
	board->evictions += r == 0;
	return r;
}

/* ---- removing
 *
 * A name is checked and then removed, and no system call does both: whoever
 * obeys no lock may put another file there in between. That is counted, and
 * told from a removal that was not checked or not held back by a lock. */

static struct sys_stat checked; /* which file */
static long checked_at = -1;    /* board->takings then */

int __real_sys_stat(int dir, const char *path, int flags, struct sys_stat *out);
int __wrap_sys_stat(int dir, const char *path, int flags, struct sys_stat *out);
int __wrap_sys_stat(int dir, const char *path, int flags, struct sys_stat *out)
{
	const long at = board->takings;
	int r;

	shake();
	r = __real_sys_stat(dir, path, flags, out);
	if (r == 0 && strcmp(path, BOARD_PIDFILE) == 0) {
		checked = *out;
		checked_at = at;
	}
	return r;
}

/* The file that was behind path when that name was taken from it, by an atomic
 * rename, is removed. */
static int remove_seen(const char *path)
{
	struct sys_stat removed;
	char name[32];

	(void)snprintf(name, sizeof name, "removed.%d", (int)getpid());
	if (rename(path, name) < 0)
		return -errno;
	if (sys_stat(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, &removed) == 0 &&
	    !sys_same(&removed, &checked)) {
		if (checked_at < 0 || checked_at == board->takings)
			board_complain(&board->faults, "removes inode %lu, which is another's",
			               (unsigned long)removed.ino);
		else
			board->late++;
		board_lose(name);
	}
	return unlinkat(AT_FDCWD, name, 0) < 0 ? -errno : 0;
}

int __real_sys_unlinkat(int dir, const char *path, int flags);
int __wrap_sys_unlinkat(int dir, const char *path, int flags);
int __wrap_sys_unlinkat(int dir, const char *path, int flags)
{
	int r;

	shake();
	if (!board->disturbed || *path == '.') /* an evictor's own */
		return __real_sys_unlinkat(dir, path, flags);
	board_naming_begin();
	r = remove_seen(path);
	board_naming_end();
	return r;
}
