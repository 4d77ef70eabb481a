/* SPDX-License-Identifier: MIT */
/* The part of sys.h that is about processes: their ids, signals and limits. */
#include "base/sys.h"
#include "base/syscall.h"

#include <errno.h>
#include <stddef.h>
#include <sys/resource.h>

/* These numbers are the same on every architecture. */
enum { NR_PIDFD_SEND_SIGNAL = 424, NR_PIDFD_OPEN = 434 };

int sys_execve(const char *path, char *const *argv, char *const *envp)
{
	return (int)sys_call(SYS_execve, path, argv, envp);
}

void sys_exit(int status)
{
	for (;;)
		(void)sys_call(SYS_exit_group, status);
}

pid_t sys_waitpid(pid_t pid, int *status, int options)
{
	pid_t r;

	do
		r = (pid_t)sys_call(SYS_wait4, pid, status, options, NULL);
	while (r == -EINTR);
	return r;
}

int sys_waitid(int type, int id, siginfo_t *info, int options)
{
	return (int)sys_call(SYS_waitid, type, id, info, options, NULL);
}

pid_t sys_getpid(void)
{
	return (pid_t)sys_call(SYS_getpid);
}

pid_t sys_getppid(void)
{
	return (pid_t)sys_call(SYS_getppid);
}

pid_t sys_gettid(void)
{
	return (pid_t)sys_call(SYS_gettid);
}

pid_t sys_getsid(pid_t pid)
{
	return (pid_t)sys_call(SYS_getsid, pid);
}

pid_t sys_setsid(void)
{
	return (pid_t)sys_call(SYS_setsid);
}

int sys_kill(pid_t pid, int number)
{
	return (int)sys_call(SYS_kill, pid, number);
}

int sys_tgkill(pid_t pid, pid_t thread, int number)
{
	return (int)sys_call(SYS_tgkill, pid, thread, number);
}

int sys_pidfd_open(pid_t pid)
{
	return (int)sys_call(NR_PIDFD_OPEN, pid, 0);
}

int sys_pidfd_signal(int pidfd, int number)
{
	return (int)sys_call(NR_PIDFD_SEND_SIGNAL, pidfd, number, NULL, 0);
}

int sys_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return (int)sys_call(SYS_prctl, option, a, b, c, d);
}

void sys_alarm(unsigned seconds)
{
	const long timer[4] = { 0, 0, (long)seconds, 0 };

	(void)sys_call(SYS_setitimer, 0, timer, NULL);
}

/* Returns the soft limit; UINT64_MAX, that is no limit, if it cannot be read. */
static uint64_t limit(int resource)
{
	uint64_t now[2];

	if (sys_call(SYS_prlimit64, 0, resource, NULL, now) < 0)
		return UINT64_MAX;
	return now[0];
}

uint64_t sys_file_size_limit(void)
{
	return limit(RLIMIT_FSIZE);
}

uint64_t sys_descriptor_limit(void)
{
	return limit(RLIMIT_NOFILE);
}

ssize_t sys_getrandom(void *buf, size_t size, unsigned flags)
{
	return sys_call(SYS_getrandom, buf, size, flags);
}

/* ---- ids. 32-bit x86 and ARM also have older calls for 16-bit ids. */

#ifdef SYS_setresuid32
#define ID(name) SYS_##name##32
#else
#define ID(name) SYS_##name
#endif

uid_t sys_geteuid(void)
{
	return (uid_t)sys_call(ID(geteuid));
}

gid_t sys_getgid(void)
{
	return (gid_t)sys_call(ID(getgid));
}

gid_t sys_getegid(void)
{
	return (gid_t)sys_call(ID(getegid));
}

int sys_getresuid(uid_t ids[3])
{
	return (int)sys_call(ID(getresuid), &ids[0], &ids[1], &ids[2]);
}

int sys_getresgid(gid_t ids[3])
{
	return (int)sys_call(ID(getresgid), &ids[0], &ids[1], &ids[2]);
}

int sys_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	return (int)sys_call(ID(setresuid), real, effective, saved);
}

int sys_setresgid(gid_t real, gid_t effective, gid_t saved)
{
	return (int)sys_call(ID(setresgid), real, effective, saved);
}

int sys_setgroups(size_t count, const gid_t *groups)
{
	return (int)sys_call(ID(setgroups), count, groups);
}

/* The invalid id -1 changes nothing, and the current one is returned. */
uid_t sys_fsuid(void)
{
	return (uid_t)sys_call(ID(setfsuid), (uid_t)-1);
}

gid_t sys_fsgid(void)
{
	return (gid_t)sys_call(ID(setfsgid), (gid_t)-1);
}
