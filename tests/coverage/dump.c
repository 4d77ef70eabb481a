/* SPDX-License-Identifier: MIT */
/* Linked into what make coverage builds. gcov writes its counters in a
 * destructor, but the launcher leaves by _exit, the copy by execve, and most
 * daemons by a signal: they are written at each of these ways out, and when
 * the copy goes on into main. COVERAGE_DIR is where they go. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);

void __wrap__exit(int status);
void __wrap_sys_exit(int status);
int __wrap_sys_chroot(const char *path);
int __wrap_open(const char *path, int flags, ...);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_vfprintf(FILE *to, const char *format, va_list more);
int __wrap_fprintf(FILE *to, const char *format, ...);
int __wrap_sys_execve(const char *path, char *const *argv, char *const *envp);
int __wrap_execv(const char *path, char *const argv[]);
void __wrap_reborn(const char *mark);

_Noreturn void __real__exit(int status);
_Noreturn void __real_sys_exit(int status);
int __real_vfprintf(FILE *to, const char *format, va_list more);
int __real_sys_chroot(const char *path);
int __real_open(const char *path, int flags, ...);
int __real_mkdir(const char *path, mode_t mode);
int __real_sys_execve(const char *path, char *const *argv, char *const *envp);
int __real_execv(const char *path, char *const argv[]);
__attribute__((weak)) void __real_reborn(const char *mark); /* dsig has none */

static int outside = -1; /* the root before a chroot, until the next dump */

/* Whoever comes first creates the files, another user may come next. The reset
 * is not only for who lives on: the launcher shares its memory with the copy,
 * and gcov dumps once. */
static void dump(void)
{
	struct rlimit size;
	mode_t mask;

	/* a test that no file may grow: it would be us whom the signal ends */
	if (getrlimit(RLIMIT_FSIZE, &size) < 0 || size.rlim_cur != RLIM_INFINITY)
		return;
	mask = umask(0);
	__gcov_dump();
	__gcov_reset();
	(void)umask(mask);
	if (outside >= 0)
		(void)close(outside);
	outside = -1;
}

/* After the library's own destructor, and before gcov's. */
__attribute__((destructor(101))) static void leave(void)
{
	dump();
}

int __wrap_sys_chroot(const char *path)
{
	outside = __real_open("/", O_PATH | O_CLOEXEC);
	return __real_sys_chroot(path);
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list more;
	mode_t mode = 0;

	va_start(more, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(more, mode_t);
	va_end(more);
	if (outside >= 0 && strncmp(path, COVERAGE_DIR, strlen(COVERAGE_DIR)) == 0)
		return openat(outside, path + 1, flags, mode);
	return __real_open(path, flags, mode);
}

/* Where the directory is not, in a chroot, gcov would make it. */
int __wrap_mkdir(const char *path, mode_t mode)
{
	if (strncmp(path, COVERAGE_DIR, strlen(path)) == 0)
		return -1;
	return __real_mkdir(path, mode);
}

/* gcov complains on stderr, which is the test's, where it may not write. */
static int is_complaint(const char *format)
{
	return strncmp(format, "profiling:", 10) == 0;
}

int __wrap_vfprintf(FILE *to, const char *format, va_list more)
{
	return is_complaint(format) ? 0 : __real_vfprintf(to, format, more);
}

int __wrap_fprintf(FILE *to, const char *format, ...)
{
	va_list more;
	int n;

	va_start(more, format);
	n = __wrap_vfprintf(to, format, more);
	va_end(more);
	return n;
}

void __wrap__exit(int status)
{
	dump();
	__real__exit(status);
}

void __wrap_sys_exit(int status)
{
	dump();
	__real_sys_exit(status);
}

int __wrap_sys_execve(const char *path, char *const *argv, char *const *envp)
{
	dump();
	return __real_sys_execve(path, argv, envp);
}

int __wrap_execv(const char *path, char *const argv[])
{
	dump();
	return __real_execv(path, argv);
}

void __wrap_reborn(const char *mark)
{
	__real_reborn(mark);
	dump();
}
