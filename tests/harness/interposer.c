/* SPDX-License-Identifier: MIT */
/* interposer.so - a preloaded library that stands before libc with every
 * function that libdaemonize.so once imported, and some that it may be tempted
 * to import. What others call is handed on. What is called from the library
 * named by INTERPOSED_FROM fails, and its name is appended to the file
 * INTERPOSED_LOG. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* clang-format off */
#define FUNCTIONS(X) \
	X(__errno_location) X(_exit) X(access) X(bind) X(chdir) X(chroot) X(clock_gettime) \
	X(clone) X(close) X(connect) X(dl_iterate_phdr) X(dup2) X(execve) X(fchmod) \
	X(fchown) X(fcntl) X(flock) X(ftruncate) X(getcwd) X(getegid) X(geteuid) \
	X(getgrnam) X(getgrouplist) X(getpgid) X(getpid) X(getppid) X(getpwnam) X(getpwuid) \
	X(getresgid) X(getresuid) X(getrlimit) X(getsid) X(getsockname) X(kill) X(lseek) \
	X(madvise) X(memchr) X(memmove) X(mkdir) X(mmap) X(mprotect) X(munmap) X(open) \
	X(pipe2) X(poll) X(prctl) X(pread) X(pread64) X(pwrite) X(read) X(readlink) \
	X(readlinkat) X(recv) X(recvmsg) X(send) X(sendmsg) X(setfsgid) X(setfsuid) \
	X(setsid) X(setsockopt) X(shutdown) X(sigaction) X(sigaddset) X(sigemptyset) \
	X(sigfillset) X(signal) X(signalfd) X(sigprocmask) X(sigtimedwait) X(socket) \
	X(socketpair) X(strchr) X(strcmp) X(strcspn) X(strerror) X(strlen) X(strncmp) \
	X(strrchr) X(strspn) X(syscall) X(umask) X(unlink) X(waitid) X(waitpid) X(write) \
	X(memcpy) X(memset) X(memcmp) X(openat) X(openat64) X(open64) X(close_range) \
	X(fstat) X(stat) X(statx) X(getuid) X(getgid) X(getenv) X(setenv) X(unsetenv) \
	X(malloc) X(free) X(posix_spawn) X(ppoll) X(sendto) X(recvfrom) X(unlinkat) \
	X(mkdirat) X(pwrite64) X(dup3) X(fcntl64) X(nanosleep) X(clock_nanosleep)
/* clang-format on */

enum function {
#define X(name) ENTRY_##name,
	FUNCTIONS(X)
#undef X
		ENTRIES
};

static const char *const names[] = {
#define X(name) #name,
	FUNCTIONS(X)
#undef X
};

typedef long function(long, long, long, long, long, long, long, long);
static function *next[ENTRIES];

/* ---- whose call is it? */

struct range {
	const char *name;
	uintptr_t start, end;
};
static struct range from;
static const char *log_path;
static int looking;

static int look(struct dl_phdr_info *object, size_t size, void *found)
{
	struct range *range = found;
	const char *name = strrchr(object->dlpi_name, '/');

	(void)size;
	if (strcmp(name != NULL ? name + 1 : object->dlpi_name, range->name) != 0)
		return 0;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		uintptr_t start = object->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD)
			continue;
		if (range->start == 0 || start < range->start)
			range->start = start;
		if (start + segment->p_memsz > range->end)
			range->end = start + segment->p_memsz;
	}
	return 1;
}

/* The library may be taken out of the environment later: once is enough. */
static void find_range(void)
{
	looking = 1;
	for (char **var = environ; var != NULL && *var != NULL; var++) {
		if (strncmp(*var, "INTERPOSED_LOG=", 15) == 0)
			log_path = strdup(*var + 15);
		if (strncmp(*var, "INTERPOSED_FROM=", 16) == 0)
			from.name = strdup(*var + 16);
	}
	if (log_path != NULL && from.name != NULL)
		(void)dl_iterate_phdr(look, &from);
	looking = 0;
}

static void note(const char *name)
{
	int saved = errno;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	char line[64];
	size_t len = strlen(name);

	memcpy(line, name, len);
	line[len] = '\n';
	(void)syscall(SYS_write, fd, line, len + 1);
	(void)syscall(SYS_close, fd);
	errno = saved;
}

/* Is this a call that is to fail? */
static int caught(enum function which, const void *caller)
{
	const uintptr_t at = (uintptr_t)caller;

	if (from.end == 0 && !looking)
		find_range();
	if (at < from.start || at >= from.end)
		return 0;
	note(names[which]);
	return 1;
}

static function *next_of(enum function which)
{
	if (next[which] == NULL)
		*(void **)&next[which] = dlsym(RTLD_NEXT, names[which]);
	return next[which];
}

/* Most return an int, or a pointer; more arguments than there are do no harm. */
#define X(name)                                                                                    \
	long interposed_##name(long a, long b, long c, long d, long e, long f, long g,             \
	                       long h) __asm__(#name);                                             \
	__attribute__((noipa)) long interposed_##name(long a, long b, long c, long d, long e,      \
	                                              long f, long g, long h)                      \
	{                                                                                          \
		if (caught(ENTRY_##name, __builtin_return_address(0)))                             \
			return -1;                                                                 \
		return next_of(ENTRY_##name)(a, b, c, d, e, f, g, h);                              \
	}
FUNCTIONS(X)
#undef X
