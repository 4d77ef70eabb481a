/* SPDX-License-Identifier: MIT */
/* The part of sys.h that is about names and attributes of files. */
#include "base/sys.h"
#include "base/syscall.h"

#include <errno.h>
#include <stddef.h>

int sys_fchmod(int fd, mode_t mode)
{
	return (int)sys_call(SYS_fchmod, fd, mode);
}

int sys_fchmod_new(int fd, mode_t mode)
{
	int r = sys_fchmod(fd, mode);

	return r == -EPERM || r == -EOPNOTSUPP ? 0 : r;
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

int sys_eaccess(int dirfd, const char *path, int mode)
{
	enum { NR_FACCESSAT2 = 439 };
	int r = (int)sys_call(NR_FACCESSAT2, dirfd, path, mode, AT_EACCESS);

	return r == -ENOSYS || r == -EPERM ? (int)sys_call(SYS_faccessat, dirfd, path, mode) : r;
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

	/* The kernel then returns "(unreachable)" and a path outside our root. */
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
