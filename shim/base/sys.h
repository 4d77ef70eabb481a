/* SPDX-License-Identifier: MIT */
/* sys - system calls that the C libraries lack, or give a symbol version
 * that an older one does not have: one library must load into every libc. */
#ifndef SYS_H
#define SYS_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define SYS_NSEC 1000000000LL /* of a second */

/* Part of the plan, which may go from one libc to another. */
struct sys_stat {
	uint64_t dev;
	uint64_t ino;
	uint64_t size; /* bytes */
	mode_t mode;
	uint32_t nlink;
	uid_t uid;
	gid_t gid;
	int64_t mtime; /* nanoseconds since 1970: a time_t is not as wide in every libc */
};

/* stat(2) of path below dirfd; flags as for fstatat(2).
 * Returns 0, or -1 with errno. */
int sys_stat(int dirfd, const char *path, int flags, struct sys_stat *out);
int sys_fstat(int fd, struct sys_stat *out);

/* Are these two the same file? */
int sys_same(const struct sys_stat *a, const struct sys_stat *b);

/* A descriptor, close on exec, that stands for process pid; -1 with errno
 * (ESRCH: no such process; ENOSYS: kernel older than 5.3). */
int sys_pidfd_open(pid_t pid);

/* Sends sig (0: only asks) to the process behind pidfd; 0, or -1 with errno
 * (ESRCH: it has ended, though it may not have been waited for). */
int sys_pidfd_signal(int pidfd, int sig);

/* Closes the descriptors first..last, both included, or with cloexec only
 * marks them; 0, or -1 with errno (ENOSYS before 5.9, EPERM in sandboxes). */
int sys_close_range(unsigned first, unsigned last, int cloexec);

/* Reads the whole of path, or what fits below size, and terminates it.
 * Returns the bytes read, or -1 with errno. */
ssize_t sys_read_file(const char *path, char *buf, size_t size);

/* read(2) and write(2) until all of it is done, through EINTR and short
 * counts. Return the bytes (fewer at end of file), or -1 with errno. */
ssize_t sys_read_all(int fd, void *buf, size_t size);
ssize_t sys_write_all(int fd, const void *buf, size_t size);

/* close(2) that leaves errno as it was and ignores a negative descriptor. */
void sys_close(int fd);

/* A copy of fd at a high number, close on exec, in place of fd. Returns it,
 * or -1 with errno and fd is closed. */
int sys_raise(int fd);

/* recv(2), not ended by a signal, nor by the ECONNRESET that comes once from an
 * other end that has ended before it read all: what it had sent is still to be
 * had. Returns what recv does. */
ssize_t sys_recv(int fd, void *buf, size_t size, int flags);

#endif
