/* SPDX-License-Identifier: MIT */
/* The part of sys.h that is about locks and memory. */
#include "base/sys.h"
#include "base/syscall.h"

#include <stddef.h>
#include <sys/mman.h>

/* ---- locks */

int sys_flock(int fd, int operation)
{
	return (int)sys_call(SYS_flock, fd, operation);
}

/* The kernel's struct flock with 64-bit offsets. */
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

enum { OFD_SETLK = 37 };

int sys_lock(int fd, int type)
{
	const struct record_lock lock = { .type = (short)type };

	return sys_fcntl(fd, SETLK, (long)&lock);
}

int sys_lock_description(int fd, int type)
{
	const struct record_lock lock = { .type = (short)type };

	return sys_fcntl(fd, OFD_SETLK, (long)&lock);
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

/* Errors are -4095 to -1; other negative values are addresses. */
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

/* Multiples of any page size. Pages that are not touched cost nothing. */
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
