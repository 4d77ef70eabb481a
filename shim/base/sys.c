/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include "base/syscall.h"

#include <errno.h>
#include <stddef.h>

/* These numbers are the same on every architecture. */
enum { NR_CLOSE_RANGE = 436, NR_OPENAT2 = 437 };

/* A 64-bit argument takes one register, or two where registers have 32 bits. ARM
 * wants the pair to begin at an even register, so it needs padding after an odd
 * number of arguments. */
#if UINTPTR_MAX > UINT32_MAX
#define WIDE_AFTER_ODD(n) (n)
#elif defined __arm__
#define WIDE_AFTER_ODD(n) 0, (uint32_t)(n), (uint32_t)((uint64_t)(n) >> 32)
#else
#define WIDE_AFTER_ODD(n) (uint32_t)(n), (uint32_t)((uint64_t)(n) >> 32)
#endif

/* Where long has 32 bits, files beyond 2 GiB need the flag. */
#if UINTPTR_MAX > UINT32_MAX
#define LARGE 0
#else
#define LARGE O_LARGEFILE
#endif

/* ---- open and close */

int sys_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	return (int)sys_call(SYS_openat, dirfd, path, flags | LARGE, mode);
}

int sys_open(const char *path, int flags, mode_t mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

int sys_openat2(int dirfd, const char *path, int flags, mode_t mode, uint64_t resolve)
{
	const struct {
		uint64_t flags, mode, resolve;
	} how = { (unsigned)(flags | LARGE), mode, resolve };

	return (int)sys_call(NR_OPENAT2, dirfd, path, &how, sizeof how);
}

void sys_close(int fd)
{
	if (fd >= 0)
		(void)sys_call(SYS_close, fd);
}

int sys_close_range(unsigned first, unsigned last)
{
	return (int)sys_call(NR_CLOSE_RANGE, first, last, 0);
}

int sys_raise(int fd)
{
	static const short numbers[] = { 1000, 500, 230, 100, 40, 10, 3 };
	int high = -EMFILE;

	if (fd < 0)
		return fd;
	for (unsigned i = 0; high < 0 && i < sizeof numbers / sizeof *numbers; i++)
		high = sys_fcntl(fd, F_DUPFD_CLOEXEC, numbers[i]);
	sys_close(fd);
	return high;
}

int sys_dup2(int from, int to)
{
	/* dup3 fails for equal descriptors, for which dup2 does nothing. */
	return from == to ? sys_fcntl(from, F_GETFD, 0) < 0 ? -EBADF : to
	                  : (int)sys_call(SYS_dup3, from, to, 0);
}

int sys_fcntl(int fd, int command, long argument)
{
#ifdef SYS_fcntl64
	return (int)sys_call(SYS_fcntl64, fd, command, argument);
#else
	return (int)sys_call(SYS_fcntl, fd, command, argument);
#endif
}

int sys_pipe(int ends[2], int flags)
{
	return (int)sys_call(SYS_pipe2, ends, flags);
}

/* ---- read and write */

ssize_t sys_read(int fd, void *buf, size_t size)
{
	return sys_call(SYS_read, fd, buf, size);
}

ssize_t sys_write(int fd, const void *buf, size_t size)
{
	return sys_call(SYS_write, fd, buf, size);
}

ssize_t sys_pread(int fd, void *buf, size_t size, uint64_t offset)
{
	return sys_call(SYS_pread64, fd, buf, size, WIDE_AFTER_ODD(offset));
}

ssize_t sys_pwrite(int fd, const void *buf, size_t size, uint64_t offset)
{
	return sys_call(SYS_pwrite64, fd, buf, size, WIDE_AFTER_ODD(offset));
}

int sys_rewind(int fd)
{
	return (int)sys_call(SYS_lseek, fd, 0, 0);
}

int sys_truncate_to_nothing(int fd)
{
	return (int)sys_call(SYS_ftruncate, fd, 0);
}

ssize_t sys_read_all(int fd, void *buf, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = sys_read(fd, (char *)buf + done, size - done);

		if (n == -EINTR)
			continue;
		if (n < 0)
			return n;
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
		ssize_t n = sys_write(fd, (const char *)buf + done, size - done);

		if (n == -EINTR)
			continue;
		if (n < 0)
			return n;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t sys_read_file(const char *path, char *buf, size_t size)
{
	int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = sys_read_all(fd, buf, size - 1);
	sys_close(fd);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

int sys_poll(struct pollfd *fds, unsigned count, int timeout_ms)
{
#ifdef SYS_poll
	return (int)sys_call(SYS_poll, fds, count, timeout_ms);
#else
	const long timeout[2] = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };

	return (int)sys_call(SYS_ppoll, fds, count, timeout_ms < 0 ? NULL : timeout, NULL, 0);
#endif
}
