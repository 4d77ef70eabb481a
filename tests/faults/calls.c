/* SPDX-License-Identifier: MIT */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

#define MAX 7

struct call {
	long number;
	const char *name;
	int errors[MAX + 1];
};

#define FCNTL(command) (SYS_fcntl + 1000L * ((command) + 1))
#define FCNTL_CALL(cmd, ...)                                                                       \
	{                                                                                          \
		FCNTL(cmd), "fcntl(" #cmd ")",                                                     \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}
#define CALL(name, ...)                                                                            \
	{                                                                                          \
		SYS_##name, #name,                                                                 \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static const struct call calls[] = {
	CALL(access, EACCES, ENOENT, EIO),
	CALL(alarm, 0),
	CALL(arch_prctl, 0), /* a static libc's begin: it crashes where this fails */
	CALL(bind, EADDRINUSE, EACCES, ENOMEM),
	CALL(brk, 0), /* shows a failure by what it returns, which is no errno */
	CALL(chdir, ENOENT, EACCES, EIO, ENOMEM),
	CALL(chroot, EPERM, ENOENT, EACCES),
	CALL(clock_gettime, EINVAL),
	CALL(clone, EAGAIN, ENOMEM, EPERM, ENOSPC),
	CALL(close, EINTR, EIO, ENOSPC),
	CALL(close_range, ENOSYS, EPERM, EMFILE),
	CALL(connect, ECONNREFUSED, EACCES, ENOENT, EINTR),
	CALL(dup2, EMFILE, EBADF, EBUSY),
	CALL(dup3, EMFILE, EBADF, EBUSY),
	CALL(execve, EACCES, ENOENT, E2BIG, ENOMEM, ETXTBSY, EMFILE, EAGAIN),
	CALL(exit, 0),
	CALL(exit_group, 0),
	CALL(faccessat, EACCES, ENOENT, EIO),
	CALL(faccessat2, ENOSYS, EACCES, ENOENT),
	CALL(fchmod, EPERM, EIO, EROFS),
	CALL(fchown, EPERM, EIO, EROFS, EDQUOT),
	FCNTL_CALL(F_DUPFD, EMFILE, EINVAL),
	FCNTL_CALL(F_DUPFD_CLOEXEC, EMFILE, EINVAL),
	FCNTL_CALL(F_GETFD, 0),
	FCNTL_CALL(F_SETFD, 0),
	FCNTL_CALL(F_GETFL, 0),
	FCNTL_CALL(F_SETFL, EPERM),
	FCNTL_CALL(F_GETLK, EACCES, ENOLCK, EIO),
	FCNTL_CALL(F_SETLK, EAGAIN, EACCES, ENOLCK, EINTR),
	CALL(flock, EWOULDBLOCK, ENOLCK, EINTR),
	CALL(fstat, ENOMEM, EIO, EOVERFLOW),
	CALL(ftruncate, EIO, EINTR, EPERM),
	CALL(futex, 0), /* libc aborts where this fails, in setuid */
	CALL(getcwd, ENOENT, ERANGE, EACCES),
	CALL(getdents64, EIO, ENOENT),
	CALL(getegid, 0),
	CALL(geteuid, 0),
	CALL(getgid, 0),
	CALL(getgroups, EPERM),
	CALL(getpgid, ESRCH),
	CALL(getpid, 0),
	CALL(getppid, 0),
	CALL(getrandom, ENOSYS, EAGAIN, EINTR),
	CALL(getsid, ESRCH, EPERM),
	CALL(getsockname, ENOBUFS),
	CALL(getsockopt, ENOPROTOOPT, ENOMEM),
	CALL(gettid, 0),
	CALL(getuid, 0),
	CALL(ioctl, ENOTTY, EIO),
	CALL(kill, EPERM),
	CALL(lseek, ESPIPE, EINVAL),
	CALL(lstat, ENOENT, EACCES, EIO),
	CALL(madvise, EINVAL, ENOMEM, EAGAIN),
	CALL(mmap, ENOMEM, EPERM, ENODEV, EAGAIN),
	CALL(mprotect, ENOMEM, EACCES),
	CALL(munmap, ENOMEM, EINVAL),
	CALL(newfstatat, ENOENT, EACCES, EIO, ENOMEM, ELOOP),
	CALL(open, ENOENT, EACCES, EMFILE, ENFILE, ENOMEM, EROFS, EINTR),
	CALL(openat, ENOENT, EACCES, EMFILE, ENFILE, ENOMEM, EROFS, ENOSPC),
	CALL(pidfd_open, ENOSYS, EMFILE, EPERM, ESRCH),
	CALL(pidfd_send_signal, ENOSYS, EPERM, EAGAIN), /* ESRCH is the truth, where it comes */
	CALL(poll, EINTR, ENOMEM),
	CALL(ppoll, EINTR, ENOMEM),
	CALL(prctl, EINVAL, EPERM),
	CALL(pread64, EIO, EINTR, EACCES),
	CALL(prlimit64, EPERM, EINVAL),
	CALL(pwrite64, ENOSPC, EIO, EDQUOT, EFBIG, EINTR),
	CALL(read, EIO, EINTR, EAGAIN, EACCES),
	CALL(readlink, ENOENT, EACCES, EINVAL),
	CALL(readlinkat, ENOENT, EACCES, EINVAL),
	CALL(recvfrom, EINTR, EAGAIN, ECONNRESET, ENOMEM),
	CALL(recvmsg, EINTR, EAGAIN, ECONNRESET, ENOMEM),
	CALL(rt_sigaction, EINVAL),
	CALL(rt_sigprocmask, 0), /* libc aborts where this fails, in setuid */
	CALL(rt_sigreturn, 0),
	CALL(rt_sigtimedwait, EINTR, EAGAIN),
	CALL(sendmsg, EPIPE, ENOBUFS, EINTR, EAGAIN),
	CALL(sendto, EPIPE, ENOBUFS, EINTR, ECONNRESET, ENOMEM),
	CALL(set_tid_address, 0),
	CALL(setgid, EPERM, EINVAL),
	CALL(setgroups, EPERM, ENOMEM),
	CALL(setpgid, EPERM, EACCES),
	CALL(setresgid, EPERM, EINVAL),
	CALL(setresuid, EPERM, EAGAIN, EINVAL),
	CALL(setrlimit, EPERM),
	CALL(setsid, EPERM),
	CALL(setsockopt, ENOPROTOOPT, ENOMEM),
	CALL(setuid, EPERM, EAGAIN),
	CALL(shutdown, ENOTCONN),
	CALL(signalfd4, EMFILE, ENFILE, ENOMEM, ENODEV),
	CALL(socket, EMFILE, ENFILE, EAFNOSUPPORT, ENOBUFS, EACCES),
	CALL(socketpair, EMFILE, ENFILE, EAFNOSUPPORT, ENOBUFS, ENOMEM),
	CALL(stat, ENOENT, EACCES, EIO),
	CALL(statfs, ENOSYS, EACCES),
	CALL(statx, ENOSYS, ENOENT, EACCES, EIO),
	CALL(sysinfo, EFAULT),
	CALL(umask, 0),
	CALL(uname, EFAULT),
	CALL(unlink, EPERM, EACCES, EROFS, EBUSY, ENOENT),
	CALL(unlinkat, EPERM, EACCES, EROFS, EBUSY, ENOENT),
	CALL(wait4, EINTR, ECHILD),
	CALL(waitid, EINTR, ECHILD),
	CALL(write, EIO, ENOSPC, EPIPE, EINTR, EAGAIN),
};

static const struct call *find(long number)
{
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

long calls_kind(long number, unsigned long second_argument)
{
	return number == SYS_fcntl ? FCNTL((long)second_argument) : number;
}

const char *calls_name(long number)
{
	const struct call *call = find(number);

	return call != NULL ? call->name : NULL;
}

const int *calls_errors(long number)
{
	static const int any[] = { EPERM, EINVAL, ENOMEM, ENOSYS, 0 };
	const struct call *call = find(number);

	return call != NULL ? call->errors : any;
}

int calls_done_anyway(long number)
{
	return number == SYS_close;
}
