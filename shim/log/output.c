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

/* Stores fd in output, moved to a high number. fd may be the -errno of the call
 * that should have opened it. Returns 0, or -errno. */
static int take(struct output *output, int fd)
{
	fd = sys_raise(fd);
	output->fd = fd < 0 ? -1 : fd;
	return fd < 0 ? fd : 0;
}

static int open_file(struct output *output, const char *path, const struct output_context *context,
                     struct failure *why)
{
	output->fd = logfile_open(&output->log, path, &context->owner, context->reopen, why);
	return output->fd < 0 ? -1 : 0;
}

/* Returns 1 or 2 if path means the caller's own stdout or stderr, else 0. Opening
 * such a path would fail for a socket, and lose the offset of a file. */
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

/* Duplicates stream; a terminal that is open for reading and writing becomes
 * write-only, because a daemon of another user could read what the caller types.
 * Returns a descriptor, or -errno. */
static int write_only(int stream)
{
	const int flags = sys_fcntl(stream, F_GETFL, 0);
	struct sys_stat file;
	char path[32];
	struct text t;
	int r = flags < 0 ? flags : sys_fstat(stream, &file);

	if (r < 0)
		return r;
	if (!S_ISCHR(file.mode) || (flags & O_ACCMODE) != O_RDWR)
		return sys_fcntl(stream, F_DUPFD_CLOEXEC, 3);
	text_begin(&t, path, sizeof path);
	text_str(&t, "/proc/self/fd/");
	text_num(&t, stream);
	return sys_open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC | (flags & (O_APPEND | O_NONBLOCK)),
	                0);
}

static int inherit(struct output *output, int stream, const struct output_context *context,
                   struct failure *why)
{
	int r = take(output, context->owner.uid != (uid_t)-1
	                             ? write_only(stream)
	                             : sys_fcntl(stream, F_DUPFD_CLOEXEC, 3));

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

/* journald's stdout protocol: a header of seven lines (identifier, unit, priority,
 * whether a "<3>" before a line is its priority, and three flags for forwarding),
 * then the stream. */
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
	text_num(&t, stream == STDERR_FILENO ? 3 : 6); /* LOG_ERR, LOG_INFO of syslog(3) */
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

	output->fd = -1;
	output->log.dir = -1;
	output->logger = 0;
	if (caller != 0)
		return inherit(output, caller, context, why);
	switch (destination->kind) {
	case TO_FILE:
		return open_file(output, destination->arg, context, why);
	case TO_INHERIT:
		return inherit(output, stream, context, why);
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
