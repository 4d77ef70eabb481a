/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* These numbers are the same on every architecture. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#define CLOEXEC_ONLY 4 /* CLOSE_RANGE_CLOEXEC */

/* The kernel's struct statx, the one stat that looks alike on every
 * architecture. stat(2) of glibc 2.33 and newer is a symbol that older
 * ones lack, and statx(2) is one that musl lacks. */
struct kernel_time {
	int64_t sec;
	uint32_t nsec;
	int32_t pad;
};
struct kernel_statx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, pad;
	uint64_t ino, size, blocks, attributes_mask;
	struct kernel_time atime, btime, ctime, mtime;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t rest[14];
};
#define BASIC_STATS 0x7FFu

/* Whatever somebody has set a file's time to: differences still fit. */
static int64_t nanoseconds(const struct kernel_time *t)
{
	const int64_t most = INT64_MAX / 2;

	if (t->sec >= most / SYS_NSEC)
		return most;
	if (t->sec <= -most / SYS_NSEC)
		return -most;
	return t->sec * SYS_NSEC + t->nsec;
}

int sys_stat(int dirfd, const char *path, int flags, struct sys_stat *out)
{
	struct kernel_statx st;

	if (syscall(SYS_statx, dirfd, path, flags, BASIC_STATS, &st) < 0)
		return -1;
	*out = (struct sys_stat){
		.dev = (uint64_t)st.dev_major << 32 | st.dev_minor,
		.ino = st.ino,
		.size = st.size,
		.mode = st.mode,
		.nlink = st.nlink,
		.uid = st.uid,
		.gid = st.gid,
		.mtime = nanoseconds(&st.mtime),
	};
	return 0;
}

int sys_fstat(int fd, struct sys_stat *out)
{
	return sys_stat(fd, "", AT_EMPTY_PATH, out);
}

int sys_same(const struct sys_stat *a, const struct sys_stat *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

int sys_pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int sys_pidfd_signal(int pidfd, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

int sys_close_range(unsigned first, unsigned last, int cloexec)
{
	return (int)syscall(SYS_close_range, first, last, cloexec ? CLOEXEC_ONLY : 0);
}

ssize_t sys_read_all(int fd, void *buf, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, (char *)buf + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t sys_write_all(int fd, const void *buf, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = write(fd, (const char *)buf + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t sys_read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = sys_read_all(fd, buf, size - 1);
	sys_close(fd);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

void sys_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = saved;
}

/* High, for programs expect 3, 4, 5 to be free and scripts use 9 or 200. */
static const int high_numbers[] = { 1000, 500, 230, 100, 40, 10, 3 };

int sys_raise(int fd)
{
	int high = -1, saved = errno;

	if (fd < 0)
		return -1;
	for (unsigned i = 0; high < 0 && i < sizeof high_numbers / sizeof *high_numbers; i++)
		high = fcntl(fd, F_DUPFD_CLOEXEC, high_numbers[i]);
	sys_close(fd);
	if (high >= 0)
		errno = saved; /* not that a number was too high */
	return high;
}

ssize_t sys_recv(int fd, void *buf, size_t size, int flags)
{
	ssize_t n;

	do
		n = recv(fd, buf, size, flags);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	return n;
}
