/* SPDX-License-Identifier: MIT */
#include "pidfile/pidfile.h"

#include "base/path.h"
#include "base/text.h"
#include "pidfile/locks.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>

#define PID_LIMIT 4194304 /* the kernel's PID_MAX_LIMIT on 64-bit machines */
#define PID_TEXT 32
#define MAPPED 4096 /* bytes */
#define WAIT_MS 100
#define NAP_MS 1

/* ---- content */

static int is_blank(char c)
{
	return c == '\n' || c == ' ' || c == '\t' || c == '\r';
}

/* Parses a pid at *text and moves *text past it. Returns -1 if there is none, or it
 * is too large. */
static pid_t digits(const char **text, const char *end)
{
	long long n = 0;

	if (*text == end || **text < '1' || **text > '9')
		return -1;
	for (; *text < end && **text >= '0' && **text <= '9'; (*text)++) {
		n = n * 10 + (**text - '0');
		if (n > PID_LIMIT)
			return -1;
	}
	return (pid_t)n;
}

pid_t pidfile_parse(const char *text, size_t len)
{
	const char *end = text + len;
	pid_t pid;

	if (len == 0)
		return 0;
	pid = digits(&text, end);
	while (text < end && is_blank(*text))
		text++;
	return text == end ? pid : -1;
}

pid_t pidfile_parse_foreign(const char *text, size_t len)
{
	const char *end = text + len;
	pid_t pid;

	if (len == 0)
		return 0;
	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	pid = digits(&text, end);
	return text == end || is_blank(*text) ? pid : -1;
}

pid_t pidfile_read(int fd)
{
	char text[PID_TEXT];
	ssize_t n = sys_pread(fd, text, sizeof text, 0);

	return n < 0 || n == (ssize_t)sizeof text ? -1 : pidfile_parse(text, (size_t)n);
}

/* ---- names */

int pidfile_is(int dir, const char *base, const struct sys_stat *file)
{
	struct sys_stat named;
	int r = sys_stat(dir, base, AT_SYMLINK_NOFOLLOW, &named);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return sys_same(&named, file);
}

int pidfile_flag(const char *base, char name[NAME_MAX + 1])
{
	struct text t;

	text_begin(&t, name, NAME_MAX + 1);
	text_str(&t, ".");
	text_str(&t, base);
	text_str(&t, ".lock");
	return t.cut ? -ENAMETOOLONG : 0;
}

int pidfile_evictor(int dir, const char *base)
{
	char name[NAME_MAX + 1];
	struct sys_stat flag;
	pid_t holder;
	int fd, held;

	if (pidfile_flag(base, name) < 0)
		return 0; /* too long a name: nobody can have made a flag */
	if (sys_stat(dir, name, AT_SYMLINK_NOFOLLOW, &flag) == -ENOENT)
		return 0; /* the usual case, without opening anything */
	fd = sys_openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	if (fd < 0) /* another user's flag cannot be opened; a symbolic link is no flag */
		return fd != -ENOENT && fd != -ELOOP;
	held = sys_lock_holder(fd, F_RDLCK, &holder) > 0; /* an evictor's lock is a write lock */
	sys_close(fd);
	return held;
}

/* ---- in the daemon */

/* Unlocks and locks again, so that /proc/locks names this process instead of the
 * launcher. In between a stranger may get the lock, but no starter can: the
 * launcher still has the record lock. */
static void keep_flock(struct pidfile *p)
{
	if (p->flock_fd < 0)
		return;
	(void)sys_flock(p->flock_fd, LOCK_UN);
	if (sys_flock(p->flock_fd, LOCK_EX | LOCK_NB) == 0 &&
	    sys_map_file(p->flock_fd, MAPPED, &p->mapped) == 0)
		(void)sys_madvise(p->mapped, MAPPED, MADV_DONTFORK);
	sys_close(p->flock_fd);
	p->flock_fd = -1;
}

int pidfile_keep(struct pidfile *p, const char *path, struct failure *why)
{
	int r;

	/* HAZARD: closing any descriptor of the file drops all record locks that
	 * the process has on it. So the flock, whose descriptor is closed, comes
	 * first. Where the file cannot be mapped (FUSE, overlayfs), the record lock
	 * remains alone. */
	keep_flock(p);
	r = p->lock_fd = sys_raise(p->lock_fd);
	if (r >= 0)
		r = sys_lock(p->lock_fd, F_RDLCK);
	if (r == 0) /* not close-on-exec: a program that re-executes itself keeps the lock */
		r = sys_fcntl(p->lock_fd, F_SETFD, 0);
	if (r == 0)
		return 0;
	return failure_set(why, STATUS_CANTCREAT, -r, "unable to lock pid file ", path);
}

/* Does anybody else hold a record lock that counts? Waits for those that may end in
 * a moment: our launcher, which exits when main begins unless it follows the
 * program to another process (then is_sole is not set), and unidentified holders. */
static int is_locked(const struct pidfile *p, int fd)
{
	struct locks record, flock;
	pid_t holder;

	for (int waited = 0; sys_lock_holder(fd, F_WRLCK, &holder) != 0; waited += NAP_MS) {
		locks_look(fd, &p->file, 0, &record, &flock);
		if (record.holder == 0)
			return 0;
		if ((record.holder > 0 && !p->is_sole) || waited >= WAIT_MS)
			return 1;
		(void)sys_poll(NULL, 0, NAP_MS);
	}
	return 0;
}

/* Needs no permission to write: nobody else takes a file that names us while we
 * live, and no starter takes an empty one while we have a lock. But while our
 * launcher has its lock, it owns the file, and may write the pid of another process
 * of the program next. */
void pidfile_release(const struct pidfile *p, const char *path)
{
	const char *base;
	int dir = path_parent(path, &base), fd;
	struct sys_stat now;
	pid_t pid;

	if (dir < 0)
		return;
	fd = sys_openat(dir, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	/* r_lock: our lock may have been lost, and a starter may be claiming the
	 * file */
	if (fd < 0 || sys_fstat(fd, &now) < 0 || !sys_same(&now, &p->file) ||
	    sys_lock(fd, F_RDLCK) < 0)
		return;
	/* r_alone before r_look: a launcher may have been about to write */
	if (is_locked(p, fd))
		return;
	pid = pidfile_read(fd);
	if (pid == 0 ? pidfile_evictor(dir, base) : pid != sys_getpid())
		return;
	if (pidfile_is(dir, base, &now) == 1)
		(void)sys_unlinkat(dir, base, 0);
}
