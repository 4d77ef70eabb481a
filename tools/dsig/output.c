/* SPDX-License-Identifier: MIT */
#include "output.h"

#include "base/process.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIDFD_GETFD 438 /* the same on all architectures */

/* Numbers in /proc/PID/fdinfo/FD; 0 if missing. */
struct info {
	unsigned long flags;
	unsigned long long inode, mount;
};

static void fd_path(char path[PROCESS_PATH], pid_t pid, const char *directory, int fd)
{
	struct text t;

	process_path(path, pid, directory);
	text_begin(&t, path + strlen(path), PROCESS_PATH - strlen(path));
	text_num(&t, fd);
}

static unsigned long long value(const char *text, const char *key, int base)
{
	const char *line = strstr(text, key);

	return line != NULL ? strtoull(line + strlen(key), NULL, base) : 0;
}

static int read_info(pid_t pid, int fd, struct info *info)
{
	char path[PROCESS_PATH], text[1024];
	ssize_t n;

	fd_path(path, pid, "fdinfo/", fd);
	n = sys_read_file(path, text, sizeof text);
	if (n < 0)
		return (int)n;
	info->flags = (unsigned long)value(text, "flags:", 8);
	info->mount = value(text, "mnt_id:", 10);
	info->inode = value(text, "ino:", 10);
	return 0;
}

static int writes(unsigned long flags)
{
	return (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/* Duplicates the daemon's descriptor 1, so that nothing can change between our
 * checks. Returns a descriptor, or -errno (-ENOTTY: it is not open for writing). */
static int get(int pidfd)
{
	int fd = (int)syscall(PIDFD_GETFD, pidfd, 1, 0), flags;

	if (fd < 0)
		return -errno;
	flags = fcntl(fd, F_GETFL);
	if (flags >= 0 && writes((unsigned long)flags))
		return fd;
	(void)close(fd);
	return -ENOTTY;
}

static int same(const struct info *a, const struct info *b)
{
	return a->inode == b->inode && a->mount == b->mount;
}

/* Before Linux 5.14 fdinfo shows no inodes: then only our own processes are
 * trusted. */
static int tells_files_apart(const struct info *info, pid_t pid)
{
	uid_t real, effective;

	return info->inode != 0 || (process_owner(pid, &real, &effective) == 0 &&
	                            real == geteuid() && effective == geteuid());
}

/* If get() is not permitted: opens the link with O_PATH, which opens no device, and
 * checks that the daemon had this very file open before and after. Returns a
 * descriptor, or -errno. */
static int find(pid_t pid)
{
	struct info before, now, ours;
	char link[PROCESS_PATH];
	int fd, r = read_info(pid, 1, &before);

	if (r < 0)
		return r;
	if (!writes(before.flags))
		return -ENOTTY;
	if (!tells_files_apart(&before, pid))
		return -EPERM;
	fd_path(link, pid, "fd/", 1);
	fd = open(link, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (read_info(pid, 1, &now) == 0 && read_info(getpid(), fd, &ours) == 0 &&
	    writes(now.flags) && same(&before, &ours) && same(&now, &ours))
		return fd;
	(void)close(fd);
	return -EAGAIN;
}

int output_open_file(pid_t pid, int pidfd, struct sys_stat *file)
{
	char path[PROCESS_PATH];
	int fd = pidfd >= 0 ? get(pidfd) : -ENOSYS, reader, r;

	if (fd < 0 && fd != -ENOTTY)
		fd = find(pid);
	if (fd < 0)
		return fd;
	r = sys_fstat(fd, file);
	if (r == 0 && !S_ISREG(file->mode))
		r = -ENOTTY;
	if (r == 0) {
		fd_path(path, getpid(), "fd/", fd);
		reader = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		r = reader < 0 ? -errno : reader;
	}
	(void)close(fd);
	return r;
}
