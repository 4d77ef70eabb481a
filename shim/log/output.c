/* SPDX-License-Identifier: MIT */
#include "log/output.h"

#include "base/sys.h"
#include "base/text.h"
#include "log/logger.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNAL "/run/systemd/journal/stdout"
#define TAIL_BYTES 8192

static int failed(struct failure *why, const char *path, int error)
{
	if (error == ENXIO)
		return failure_set(why, STATUS_CANTCREAT, 0, "unable to open log file ", path,
		                   ": nobody reads from it");
	if (error == ELOOP)
		return failure_set(why, STATUS_CANTCREAT, 0, "unable to open log file ", path,
		                   ": a symbolic link in a directory that others can write");
	return failure_set(why, STATUS_CANTCREAT, error, "unable to open log file ", path);
}

static int ours(uid_t uid)
{
	return uid == 0 || uid == sys_geteuid();
}

/* May a symbolic link be followed here? Not where somebody else could have
 * put it: in a directory that others own or write, unless it is sticky and
 * the link is ours. */
static int trusted_link(const char *path)
{
	char directory[PATH_MAX];
	struct sys_stat dir, link;
	const char *base = text_basename(path);
	struct text t;

	text_begin(&t, directory, sizeof directory);
	text_mem(&t, path, (size_t)(base - path));
	if (t.cut || sys_stat(AT_FDCWD, directory, 0, &dir) < 0 ||
	    sys_stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &link) < 0 || !ours(dir.uid))
		return 0;
	return (dir.mode & (S_IWGRP | S_IWOTH)) == 0 ||
	       ((dir.mode & S_ISVTX) != 0 && ours(link.uid));
}

/* Never waits: a FIFO without a reader is an error at once. A 32-bit program's
 * log, too, may grow past 2 GiB. The descriptor, or -errno. */
static int open_path(const char *path, int *created)
{
	const int flags = O_WRONLY | O_APPEND | O_LARGEFILE | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = sys_open(path, flags | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);

	*created = fd >= 0;
	if (fd != -EEXIST)
		return fd;
	fd = sys_open(path, flags | O_NOFOLLOW, 0);
	if (fd != -ELOOP || !trusted_link(path))
		return fd;
	return sys_open(path, flags | O_CREAT, 0600);
}

/* Who may not give a file away may not switch users either, and is told so
 * when it comes to that. 0, or -errno. */
static int set_owner(int fd, const struct output_context *context)
{
	int r = sys_fchmod(fd, (mode_t)context->mode);

	if (r < 0 || context->uid == (uid_t)-1)
		return r;
	r = sys_fchown(fd, context->uid, context->gid);
	return r == -EPERM ? 0 : r;
}

/* Makes fd the output's, or hands an -errno in its place through. 0, or
 * -errno. */
static int take(struct output *output, int fd)
{
	fd = sys_raise(fd);
	output->fd = fd < 0 ? -1 : fd;
	return fd < 0 ? fd : 0;
}

static int open_file(struct output *output, const char *path, const struct output_context *context,
                     struct failure *why)
{
	int fd = open_path(path, &output->created);
	int r = 0;

	if (fd < 0)
		return failed(why, path, -fd);
	if (output->created)
		r = set_owner(fd, context);
	if (r == 0)
		r = sys_fstat(fd, &output->file);
	if (r == 0)
		r = sys_fcntl(fd, F_SETFL, O_APPEND);
	if (r < 0) {
		if (output->created)
			(void)sys_unlinkat(AT_FDCWD, path, 0);
		sys_close(fd);
		return failed(why, path, -r);
	}
	r = take(output, fd);
	return r < 0 ? failed(why, path, -r) : 0;
}

/* "/dev/stdout" opened anew would fail for a socket, and for a file lose
 * its offset: what is meant is the caller's own. */
static int alias(const char *path)
{
	static const char names[][2][sizeof "/proc/self/fd/1"] = {
		{ "/dev/stdout", "/dev/stderr" },
		{ "/dev/fd/1", "/dev/fd/2" },
		{ "/proc/self/fd/1", "/proc/self/fd/2" },
	};

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		for (int n = 0; n < 2; n++)
			if (strcmp(path, names[i][n]) == 0)
				return n + 1;
	return 0;
}

static int inherit(struct output *output, int stream, struct failure *why)
{
	int r = take(output, sys_fcntl(stream, F_DUPFD_CLOEXEC, 3));

	if (r == 0)
		return 0;
	return failure_set(why, STATUS_OSERR, -r, "unable to inherit ",
	                   stream == STDOUT_FILENO ? "stdout" : "stderr");
}

static int open_null(struct output *output, struct failure *why)
{
	int r = take(output, sys_open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY, 0));

	if (r == 0)
		return 0;
	return failure_set(why, STATUS_OSERR, -r, "unable to open /dev/null");
}

/* journald's stdout protocol: a header of seven lines (identifier, unit,
 * priority, whether "<3>" before a line is one, and three forwards), then
 * the stream. */
static int open_journal(struct output *output, int stream, const struct output_context *context,
                        struct failure *why)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = JOURNAL };
	char header[PATH_MAX];
	struct text t;
	int fd = sys_socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t r = fd;

	text_begin(&t, header, sizeof header);
	text_str(&t, context->name);
	text_str(&t, "\n\n");
	text_num(&t, stream == STDERR_FILENO ? 3 : 6); /* err, info of syslog(3) */
	text_str(&t, "\n1\n0\n0\n0\n");
	if (r >= 0)
		r = sys_connect(fd, &address, sizeof address);
	if (r >= 0)
		r = sys_shutdown(fd, SHUT_RD);
	if (r >= 0)
		r = sys_write_all(fd, header, (size_t)(t.at - header));
	if (r < 0)
		sys_close(fd);
	else
		r = take(output, fd);
	if (r == 0)
		return 0;
	return failure_set(why, STATUS_CANTCREAT, (int)-r,
	                   "unable to connect to the journal " JOURNAL);
}

int output_open(struct output *output, const struct destination *destination, int stream,
                const struct output_context *context, struct failure *why)
{
	int caller = destination->kind == TO_FILE ? alias(destination->arg) : 0;

	*output = (struct output){ .fd = -1 };
	if (caller != 0)
		return inherit(output, caller, why);
	switch (destination->kind) {
	case TO_FILE:
		return open_file(output, destination->arg, context, why);
	case TO_INHERIT:
		return inherit(output, stream, why);
	case TO_JOURNAL:
		return open_journal(output, stream, context, why);
	case TO_COMMAND:
		return logger_start(destination->arg, context->envp, &output->fd, &output->logger,
		                    why);
	case TO_NULL:
	case TO_UNSET:
		break;
	}
	return open_null(output, why);
}

void output_make_directory(const char *path)
{
	char directory[PATH_MAX];
	struct text t;

	text_begin(&t, directory, sizeof directory);
	text_str(&t, path);
	for (char *slash = directory; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		(void)sys_mkdir(directory, 0700);
		*slash = '/';
	}
}

void output_discard(const struct output *output, const char *path)
{
	struct sys_stat now;

	if (output->created && sys_stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &now) == 0 &&
	    sys_same(&now, &output->file) && now.size == 0)
		(void)sys_unlinkat(AT_FDCWD, path, 0);
}

/* Where the last lines of text begin. */
static char *last_lines(char *text, size_t len)
{
	char *at = text + len;
	int lines = 0;

	if (at > text && at[-1] == '\n')
		at--;
	while (at > text && (at[-1] != '\n' || ++lines < OUTPUT_TAIL_LINES))
		at--;
	return at;
}

void output_tail(const struct output *output, const char *path)
{
	char text[TAIL_BYTES + 1];
	struct sys_stat now;
	ssize_t n = -1;
	int fd = sys_open(path, O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);

	if (fd >= 0 && sys_fstat(fd, &now) == 0 && sys_same(&now, &output->file) &&
	    S_ISREG(now.mode) && now.size > output->file.size) {
		uint64_t added = now.size - output->file.size;

		n = sys_pread(fd, text, TAIL_BYTES,
		              now.size - (added < TAIL_BYTES ? added : TAIL_BYTES));
	}
	sys_close(fd);
	if (n <= 0)
		return;
	for (char *at = text; at < text + n; at++)
		if (((unsigned char)*at < 0x20 && *at != '\n' && *at != '\t') || *at == 0x7F)
			*at = '?'; /* a log can hold what would drive a terminal */
	text[n] = '\0';
	for (char *at = last_lines(text, (size_t)n), *end; *at != '\0'; at = end) {
		end = at + strcspn(at, "\n");
		if (*end != '\0')
			*end++ = '\0';
		report_line("| ", at);
	}
}
