/* SPDX-License-Identifier: MIT */
#include "log/logfile.h"

#include "base/path.h"
#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#define TAIL_BYTES 8192
#define ATTEMPTS 1000 /* to open a file that another start creates or removes */

/* O_NONBLOCK: opening a FIFO without a reader fails instead of waiting.
 * O_LARGEFILE: the log of a 32-bit program may grow past 2 GiB, too. */
#define FLAGS (O_WRONLY | O_APPEND | O_LARGEFILE | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* Explains ENXIO: what is missing at the other end of the file. */
static const char *no_peer(const struct logfile *log)
{
	struct sys_stat file;

	if (log->dir < 0 || sys_stat(log->dir, log->name, 0, &file) < 0 || S_ISFIFO(file.mode))
		return ": nobody reads from it";
	if (S_ISSOCK(file.mode))
		return ": it is a socket, which can only be inherited";
	return ": there is no such device now";
}

static int failed(const struct logfile *log, const char *path, int error, struct failure *why)
{
	const char *reason = error == ENXIO ? no_peer(log)
	                     : error == ELOOP
	                             ? ": a symbolic link in a directory that others can write"
	                             : NULL;

	return failure_set(why, STATUS_CANTCREAT, reason != NULL ? 0 : error,
	                   "unable to open log file ", path, reason != NULL ? reason : "");
}

/* Opens a file that exists. Returns the descriptor, or -errno. */
static int open_existing(const struct logfile *log)
{
	struct sys_stat dir, file;
	int fd = sys_openat(log->dir, log->name, FLAGS | O_NOFOLLOW, 0), r;

	/* A pipe in /proc/PID/fd is a link, which O_NOFOLLOW refuses. */
	if (fd == -ELOOP && path_is_pipe(log->dir, log->name))
		fd = sys_openat(log->dir, log->name, FLAGS, 0);
	if (fd < 0)
		return fd;
	r = sys_fstat(log->dir, &dir);
	if (r == 0)
		r = sys_fstat(fd, &file);
	if (r == 0 && path_planted(&dir, &file))
		r = -PATH_PLANTED;
	if (r == 0)
		return fd;
	sys_close(fd);
	return r;
}

/* Another start may remove the file between our two opens, or have a lease on it
 * (see is_alone), so that an open fails with EAGAIN. */
static int open_either(struct logfile *log)
{
	int fd = -EEXIST;

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		fd = sys_openat(log->dir, log->name, FLAGS | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
		log->created = fd >= 0;
		if (fd != -EEXIST)
			break;
		fd = open_existing(log);
		if (fd == -EAGAIN)
			(void)sys_poll(NULL, 0, 1);
		else if (fd != -ENOENT)
			break;
	}
	return fd;
}

/* EPERM from fchown is ignored: without that right, the switch of user fails, too,
 * and is reported then. Returns 0, or -errno. */
static int set_owner(int fd, const struct logfile_owner *owner)
{
	int r = sys_fchmod_new(fd, owner->mode);

	if (r < 0 || owner->uid == (uid_t)-1)
		return r;
	r = sys_fchown(fd, owner->uid, owner->gid);
	return r == -EPERM ? 0 : r;
}

int logfile_open(struct logfile *log, const char *path, const struct logfile_owner *owner, int mark,
                 struct failure *why)
{
	int fd = log->dir = sys_raise(path_resolve(path, log->name)), r = 0;

	if (fd >= 0)
		fd = open_either(log);
	if (fd < 0)
		return failed(log, path, -fd, why);
	if (log->created)
		r = set_owner(fd, owner);
	if (r == 0)
		r = sys_fstat(fd, &log->file);
	if (r == 0)
		r = sys_fcntl(fd, F_SETFL, O_APPEND);
	if (r == 0 && mark != 0)
		r = sys_fcntl(fd, F_SETSIG, mark);
	fd = r < 0 ? fd : sys_raise(fd);
	if (r >= 0 && fd >= 0)
		return fd;
	if (log->created)
		(void)sys_unlinkat(log->dir, log->name, 0);
	if (r < 0)
		sys_close(fd);
	return failed(log, path, r < 0 ? -r : -fd, why);
}

void logfile_make_directory(struct logfile *log, const char *path)
{
	char directory[PATH_MAX];
	struct text t;

	log->made = 0;
	text_begin(&t, directory, sizeof directory);
	text_str(&t, path);
	for (char *slash = directory; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		if (sys_mkdir(directory, 0700) == 0 && log->made == 0)
			log->made = (size_t)(slash - directory);
		*slash = '/';
	}
}

static void remove_directories(const struct logfile *log, const char *path)
{
	char directory[PATH_MAX], *slash;
	struct text t;

	text_begin(&t, directory, sizeof directory);
	text_str(&t, path);
	while ((slash = strrchr(directory, '/')) != NULL &&
	       (size_t)(slash - directory) >= log->made) {
		*slash = '\0';
		if (sys_unlinkat(AT_FDCWD, directory, AT_REMOVEDIR) < 0)
			break;
	}
}

/* Does nobody else have the file open? Only then is a write lease granted; where
 * there are no leases, we assume so. The lease lasts until the file is closed:
 * whoever opens the file meanwhile gets EAGAIN, and we get SIGURG, which is ignored
 * by default. */
static int is_alone(int fd)
{
	if (sys_fcntl(fd, F_SETSIG, SIGURG) < 0)
		return 1;
	return sys_fcntl(fd, F_SETLEASE, F_WRLCK) != -EAGAIN;
}

void logfile_discard(const struct logfile *log, int fd, const char *path)
{
	struct sys_stat now;

	if (log->created && is_alone(fd) &&
	    sys_stat(log->dir, log->name, AT_SYMLINK_NOFOLLOW, &now) == 0 &&
	    sys_same(&now, &log->file) && now.size == 0)
		(void)sys_unlinkat(log->dir, log->name, 0);
	if (log->made > 0)
		remove_directories(log, path);
}

/* Returns where the last LOGFILE_TAIL_LINES lines of text begin. */
static char *last_lines(char *text, size_t len)
{
	char *at = text + len;
	int lines = 0;

	if (at > text && at[-1] == '\n')
		at--;
	while (at > text && (at[-1] != '\n' || ++lines < LOGFILE_TAIL_LINES))
		at--;
	return at;
}

void logfile_tail(const struct logfile *log)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	char text[TAIL_BYTES + 1];
	struct sys_stat now;
	ssize_t n = -1;
	int fd = log->dir < 0 ? -1 : sys_openat(log->dir, log->name, flags, 0);

	if (fd >= 0 && sys_fstat(fd, &now) == 0 && sys_same(&now, &log->file) &&
	    S_ISREG(now.mode) && now.size > log->file.size) {
		uint64_t added = now.size - log->file.size;

		n = sys_pread(fd, text, TAIL_BYTES,
		              now.size - (added < TAIL_BYTES ? added : TAIL_BYTES));
	}
	sys_close(fd);
	if (n <= 0)
		return;
	text[n] = '\0';
	for (char *at = last_lines(text, (size_t)n), *end; at < text + n; at = end) {
		end = at + strcspn(at, "\n");
		if (end < text + n)
			*end++ = '\0';
		report_line("| ", at);
	}
}
