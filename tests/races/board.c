/* SPDX-License-Identifier: MIT */
#include "board.h"

#include <fcntl.h>
#include <signal.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SAID_MAX 20

struct board *board;

static uint64_t state = 1;

int board_make(void)
{
	board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return board == MAP_FAILED ? -1 : 0;
}

uint64_t board_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void board_complain(atomic_long *counter, const char *format, ...)
{
	char text[256];
	va_list args;

	if (atomic_fetch_add(counter, 1) >= SAID_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	(void)dprintf(STDERR_FILENO, "%.3f process %d: %s\n", (double)board_now() / 1e9,
	              (int)getpid(), text);
}

pid_t board_wait(pid_t pid, int *status)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(pid < 0 ? P_ALL : P_PID, pid < 0 ? 0 : (id_t)pid, &info, WEXITED | WNOWAIT) < 0)
		return -1;
	board->fates[info.si_pid].ended_ns = board_now();
	return waitpid(info.si_pid, status, 0);
}

int board_held(pid_t pid, uint64_t since)
{
	struct fate *fate = &board->fates[pid];
	uint64_t ended = fate->ended_ns;

	return fate->phase >= PHASE_HOLDING && (ended == 0 || ended >= since);
}

void board_naming_begin(void)
{
	while (atomic_flag_test_and_set(&board->naming))
		(void)sched_yield();
}

void board_naming_end(void)
{
	atomic_flag_clear(&board->naming);
}

/* An inode's number is used again as soon as it is free, so it does not say
 * which file it was; a handle does, by the number's generation. 0: no handles
 * on this file system. */
static uint64_t identify(int dir, const char *name, int flags)
{
	union {
		struct file_handle handle;
		unsigned char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	uint64_t hash = 14695981039346656037u;
	int mount;

	if (name_to_handle_at(dir, name, &u.handle, &mount, flags) < 0)
		return 0;
	for (unsigned i = 0; i < u.handle.handle_bytes; i++)
		hash = (hash ^ u.handle.f_handle[i]) * 1099511628211u;
	return hash;
}

void board_lose(const char *name)
{
	board->lost[board->takings % BOARD_LOST] = identify(AT_FDCWD, name, 0);
	board->takings++;
}

long board_lost(int fd)
{
	const long last = board->takings;
	const uint64_t file = identify(fd, "", AT_EMPTY_PATH);

	/* the older half may be written over just now */
	for (long i = last - 1; file != 0 && i >= 0 && i > last - BOARD_LOST / 2; i--)
		if (board->lost[i % BOARD_LOST] == file)
			return i;
	return file != 0 || last == 0 ? -1 : last;
}

void board_seed(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15 | 1;
}

unsigned board_random(unsigned limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 32) % limit;
}
