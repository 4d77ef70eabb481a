/* SPDX-License-Identifier: MIT */
/* The part of sys.h that reads a file's status. */
#include "base/sys.h"
#include "base/syscall.h"

#include <errno.h>

/* The kernel's struct statx, the only stat structure that is the same on every
 * architecture. */
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
enum { NR_STATX_BASIC = 0x7FF };

/* Limits times that somebody has set, so that differences do not overflow. */
static int64_t nanoseconds(int64_t sec, int64_t nsec)
{
	const int64_t most = INT64_MAX / 2;

	if (sec >= most / SYS_NSEC)
		return most;
	if (sec <= -most / SYS_NSEC)
		return -most;
	return sec * SYS_NSEC + nsec;
}

/* For Linux before 4.11, and sandboxes without statx. libc's struct stat is the
 * kernel's only where long has 64 bits; elsewhere this returns error. */
static int old_stat(int dirfd, const char *path, int flags, struct sys_stat *out, int error)
{
#ifdef SYS_newfstatat
	struct stat st;
	int r = (int)sys_call(SYS_newfstatat, dirfd, path, &st, flags);

	if (r < 0)
		return r;
	*out = (struct sys_stat){
		.dev = (uint64_t)((st.st_dev >> 8 & 0xFFF) | (st.st_dev >> 32 & ~0xFFFU)) << 32 |
		       (uint64_t)((st.st_dev & 0xFF) | (st.st_dev >> 12 & ~0xFFU)),
		.ino = st.st_ino,
		.size = (uint64_t)st.st_size,
		.mode = st.st_mode,
		.nlink = (uint32_t)st.st_nlink,
		.uid = st.st_uid,
		.gid = st.st_gid,
		.mtime = nanoseconds(st.st_mtim.tv_sec, st.st_mtim.tv_nsec),
		.ctime = nanoseconds(st.st_ctim.tv_sec, st.st_ctim.tv_nsec),
	};
	return 0;
#else
	(void)dirfd, (void)path, (void)flags, (void)out;
	return error;
#endif
	(void)error;
}

int sys_stat(int dirfd, const char *path, int flags, struct sys_stat *out)
{
	struct kernel_statx st;
	int r = (int)sys_call(SYS_statx, dirfd, path, flags, NR_STATX_BASIC, &st);

	if (r == -ENOSYS || r == -EPERM)
		return old_stat(dirfd, path, flags, out, r);
	if (r < 0)
		return r;
	*out = (struct sys_stat){
		.dev = (uint64_t)st.dev_major << 32 | st.dev_minor,
		.ino = st.ino,
		.size = st.size,
		.mode = st.mode,
		.nlink = st.nlink,
		.uid = st.uid,
		.gid = st.gid,
		.mtime = nanoseconds(st.mtime.sec, st.mtime.nsec),
		.ctime = nanoseconds(st.ctime.sec, st.ctime.nsec),
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
