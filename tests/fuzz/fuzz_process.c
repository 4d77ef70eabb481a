/* SPDX-License-Identifier: MIT */
/* The readers of /proc/PID/stat and status, in front of a kernel that says
 * whatever the input does; and of one that says what it should, with the input
 * as the numbers and as the name of the program. */
#include "fuzz.h"

#include "shim/base/process.h"
#include "shim/base/sys.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define NUMBERS 5 /* 64 bits each, of the input */

static const char *content;
static size_t content_left;

ssize_t __wrap_sys_read_file(const char *path, char *buf, size_t size);
ssize_t __wrap_sys_read(int fd, void *buf, size_t size);

ssize_t __wrap_sys_read_file(const char *path, char *buf, size_t size)
{
	size_t n = content_left < size - 1 ? content_left : size - 1;

	(void)path;
	if (n > 0)
		memcpy(buf, content, n);
	buf[n] = '\0';
	return (ssize_t)n;
}

ssize_t __wrap_sys_read(int fd, void *buf, size_t size)
{
	size_t n = content_left < size ? content_left : size;

	(void)fd;
	if (n > 0)
		memcpy(buf, content, n);
	content += n;
	content_left -= n;
	return (ssize_t)n;
}

static void present(const char *text, size_t size)
{
	content = text;
	content_left = size;
}

static void anything(const char *data, size_t size)
{
	struct process_stat stat;
	struct process_signals signals;
	uid_t real, effective;

	present(data, size);
	(void)process_stat(getpid(), &stat);
	(void)process_signals(getpid(), &signals);
	present(data, size);
	(void)process_owner(getpid(), &real, &effective);
}

static void check_stat(const uint64_t *n, const char *name)
{
	static const char states[] = "RSDZTtXIP";
	struct process_stat stat;
	char text[1024], state = states[n[0] % (sizeof states - 1)];
	const int parent = (int)(n[1] >> 33), session = (int)(n[2] >> 33), threads = n[3] % 3;
	const uint64_t start = n[4] % ((uint64_t)100 * INT32_MAX);
	int len = snprintf(text, sizeof text,
	                   "%d (%.64s) %c %d %d %d 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 %d 0 %" PRIu64
	                   " 2977792 1 18446744073709551615 1 1 0 0 0 0 0\n",
	                   (int)getpid(), name, state, parent, 77, session, threads, start);

	present(text, (size_t)len);
	MUST(process_stat(getpid(), &stat) == 0);
	MUST(stat.state == state && stat.parent == parent && stat.session == session);
	MUST(stat.start_ticks == start);
	MUST((stat.ended != 0) == ((state == 'Z' || state == 'X') && threads <= 1));
}

/* The kernel writes a newline in a name as "\n". */
static void check_status(const uint64_t *n, const char *name)
{
	static char text[8192];
	struct process_signals signals;
	uid_t real, effective;
	char shown[65];
	int len;

	(void)snprintf(shown, sizeof shown, "%s", name);
	for (char *c = shown; *c != '\0'; c++)
		*c = *c == '\n' ? '.' : *c;
	len = snprintf(text, sizeof text, "Name:\t%s\nUmask:\t0022\nUid:\t%u\t%u\t7\t8\nGroups:\t",
	               shown, (uid_t)n[0], (uid_t)n[1]);
	for (unsigned i = 0; i < n[2] % 1000; i++)
		len += snprintf(text + len, sizeof text - (size_t)len, "%u ", 1000 + i);
	len += snprintf(text + len, sizeof text - (size_t)len,
	                "\nThreads:\t1\nSigQ:\t0/1\nSigPnd:\t%016x\nShdPnd:\t%016x\n"
	                "SigBlk:\t%016" PRIx64 "\nSigIgn:\t%016" PRIx64 "\nSigCgt:\t%016" PRIx64
	                "\nCapInh:\t0\n",
	                1, 2, n[2], n[3], n[4]);
	present(text, (size_t)len);
	MUST(process_signals(getpid(), &signals) == 0);
	MUST(signals.blocked == n[2] && signals.ignored == n[3] && signals.caught == n[4]);
	present(text, (size_t)len);
	MUST(process_owner(getpid(), &real, &effective) == 0);
	MUST(real == (uid_t)n[0] && effective == (uid_t)n[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t numbers[NUMBERS];
	char *text = fuzz_text(data, size);

	anything(text, size);
	if (size >= sizeof numbers) {
		memcpy(numbers, data, sizeof numbers);
		check_stat(numbers, text + sizeof numbers);
		check_status(numbers, text + sizeof numbers);
	}
	free(text);
	return 0;
}
