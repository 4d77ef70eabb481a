/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include "base/syscall.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

/* These numbers are the same on every architecture. */
enum { NR_CLOSE_RANGE = 436, NR_OPENAT2 = 437 };

#define CLOEXEC_ONLY 4 /* CLOSE_RANGE_CLOEXEC */

/* A 64-bit argument: one register, or two, which the ARM wants to begin at an
 * even one. */
#if UINTPTR_MAX > UINT32_MAX
#define WIDE(n) (n)
#define WIDE_AFTER_ODD(n) (n)
#elif defined __arm__
#define WIDE_AFTER_ODD(n) 0, (uint32_t)(n), (uint32_t)((uint64_t)(n) >> 32)
#else
#define WIDE_AFTER_ODD(n) (uint32_t)(n), (uint32_t)((uint64_t)(n) >> 32)
#endif

/* Files beyond 2 GiB need the flag where long has 32 bits. */
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

int sys_close_range(unsigned first, unsigned last, int cloexec)
{
	return (int)sys_call(NR_CLOSE_RANGE, first, last, cloexec ? CLOEXEC_ONLY : 0);
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
	/* dup3 refuses what dup2 does for nothing, but for the flag */
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

/* ---- names and attributes */

int sys_fchmod(int fd, mode_t mode)
{
	return (int)sys_call(SYS_fchmod, fd, mode);
}

int sys_fchown(int fd, uid_t uid, gid_t gid)
{
#ifdef SYS_fchown32
	return (int)sys_call(SYS_fchown32, fd, uid, gid);
#else
	return (int)sys_call(SYS_fchown, fd, uid, gid);
#endif
}

int sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags)
{
	return (int)sys_call(SYS_fchownat, dirfd, path, uid, gid, flags);
}

int sys_mkdir(const char *path, mode_t mode)
{
	return (int)sys_call(SYS_mkdirat, AT_FDCWD, path, mode);
}

int sys_unlinkat(int dirfd, const char *path, int flags)
{
	return (int)sys_call(SYS_unlinkat, dirfd, path, flags);
}

int sys_renameat2(int olddir, const char *old, int newdir, const char *new, unsigned flags)
{
	return (int)sys_call(SYS_renameat2, olddir, old, newdir, new, flags);
}

ssize_t sys_readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	return sys_call(SYS_readlinkat, dirfd, path, buf, size);
}

int sys_getdents(int fd, void *buf, size_t size)
{
	return (int)sys_call(SYS_getdents64, fd, buf, size);
}

int sys_access(const char *path, int mode)
{
	return (int)sys_call(SYS_faccessat, AT_FDCWD, path, mode);
}

int sys_chdir(const char *path)
{
	return (int)sys_call(SYS_chdir, path);
}

int sys_fchdir(int fd)
{
	return (int)sys_call(SYS_fchdir, fd);
}

int sys_chroot(const char *path)
{
	return (int)sys_call(SYS_chroot, path);
}

mode_t sys_umask(mode_t mask)
{
	return (mode_t)sys_call(SYS_umask, mask);
}

int sys_getcwd(char *buf, size_t size)
{
	int n = (int)sys_call(SYS_getcwd, buf, size);

	/* a directory that cannot be reached from our root has no path */
	return n > 0 && buf[0] != '/' ? -ENOENT : n;
}

int sys_set_mtime(int fd, int64_t mtime)
{
	enum { KEEP = (1 << 30) - 2 }; /* UTIME_OMIT */
#ifdef SYS_utimensat_time64
	const int64_t wide[4] = { 0, KEEP, mtime / SYS_NSEC, mtime % SYS_NSEC };
	int r = (int)sys_call(SYS_utimensat_time64, fd, NULL, wide, 0);

	if (r != -ENOSYS)
		return r;
#endif
	{
		const long times[4] = { 0, KEEP, (long)(mtime / SYS_NSEC),
			                (long)(mtime % SYS_NSEC) };

		return (int)sys_call(SYS_utimensat, fd, NULL, times, 0);
	}
}

/* ---- locks */

int sys_flock(int fd, int operation)
{
	return (int)sys_call(SYS_flock, fd, operation);
}

/* The kernel's struct flock of 64-bit offsets. */
struct record_lock {
	short type, whence;
#if UINTPTR_MAX > UINT32_MAX || defined __arm__
	int pad;
#endif
	int64_t start, len;
	pid_t pid;
}
#ifdef __i386__
__attribute__((packed, aligned(4)))
#endif
;
#if UINTPTR_MAX > UINT32_MAX
enum { GETLK = 5, SETLK = 6 };
#else
enum { GETLK = 12, SETLK = 13 }; /* F_GETLK64, F_SETLK64 */
#endif

int sys_lock(int fd, int type)
{
	const struct record_lock lock = { .type = (short)type };

	return sys_fcntl(fd, SETLK, (long)&lock);
}

int sys_lock_holder(int fd, int type, pid_t *holder)
{
	struct record_lock lock = { .type = (short)type };
	int r = sys_fcntl(fd, GETLK, (long)&lock);

	*holder = 0;
	if (r < 0 || lock.type == F_UNLCK)
		return r < 0 ? r : 0;
	*holder = lock.pid;
	return 1;
}

/* ---- memory */

static long map(size_t size, int access, int flags, int fd)
{
#ifdef SYS_mmap2
	return sys_call(SYS_mmap2, NULL, size, access, flags, fd, 0);
#else
	return sys_call(SYS_mmap, NULL, size, access, flags, fd, 0);
#endif
}

/* Errors are the last 4095 values; an address may well be negative. */
static int is_error(long r)
{
	return (unsigned long)r > (unsigned long)-4096;
}

void *sys_allocate(size_t size)
{
	long r = map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	return is_error(r) ? NULL : (void *)r; /* NOLINT: an address */
}

void *sys_allocate_shared(size_t size)
{
	long r = map(size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);

	return is_error(r) ? NULL : (void *)r; /* NOLINT: an address */
}

/* Large enough for a page of any size, and touched only where it is used. */
enum { GUARD = 65536, STACK = 65536 };

void *sys_stack_new(void)
{
	char *memory = sys_allocate(GUARD + STACK);

	if (memory == NULL)
		return NULL;
	(void)sys_mprotect(memory, GUARD, PROT_NONE);
	return memory + GUARD + STACK;
}

void sys_stack_free(void *end)
{
	if (end != NULL)
		(void)sys_unmap((char *)end - STACK - GUARD, GUARD + STACK);
}

int sys_map_file(int fd, size_t size, void **out)
{
	long r = map(size, PROT_NONE, MAP_SHARED, fd);

	if (is_error(r))
		return (int)r;
	*out = (void *)r; /* NOLINT: an address */
	return 0;
}

int sys_unmap(void *memory, size_t size)
{
	return (int)sys_call(SYS_munmap, memory, size);
}

int sys_mprotect(void *memory, size_t size, int access)
{
	return (int)sys_call(SYS_mprotect, memory, size, access);
}

int sys_madvise(void *memory, size_t size, int advice)
{
	return (int)sys_call(SYS_madvise, memory, size, advice);
}

/* ---- sockets */

int sys_socket(int family, int type, int protocol)
{
	return (int)sys_call(SYS_socket, family, type, protocol);
}

int sys_socketpair(int family, int type, int protocol, int pair[2])
{
	return (int)sys_call(SYS_socketpair, family, type, protocol, pair);
}

int sys_bind(int fd, const void *address, socklen_t len)
{
	return (int)sys_call(SYS_bind, fd, address, len);
}

int sys_connect(int fd, const void *address, socklen_t len)
{
	return (int)sys_call(SYS_connect, fd, address, len);
}

int sys_getsockname(int fd, void *address, socklen_t *len)
{
	return (int)sys_call(SYS_getsockname, fd, address, len);
}

int sys_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	return (int)sys_call(SYS_setsockopt, fd, level, name, value, len);
}

int sys_shutdown(int fd, int how)
{
	return (int)sys_call(SYS_shutdown, fd, how);
}

ssize_t sys_send(int fd, const void *buf, size_t size, int flags)
{
	return sys_call(SYS_sendto, fd, buf, size, flags, NULL, 0);
}

ssize_t sys_recv(int fd, void *buf, size_t size, int flags)
{
	return sys_call(SYS_recvfrom, fd, buf, size, flags, NULL, NULL);
}

ssize_t sys_sendmsg(int fd, const struct msghdr *message, int flags)
{
	return sys_call(SYS_sendmsg, fd, message, flags);
}

ssize_t sys_recvmsg(int fd, struct msghdr *message, int flags)
{
	return sys_call(SYS_recvmsg, fd, message, flags);
}
