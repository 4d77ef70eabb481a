/* SPDX-License-Identifier: MIT */
/* The input as a program, and as the library. */
#include "precheck.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct precheck_result result;
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (precheck(path, "/proc/self/exe", &result) != result.verdict ||
	    memchr(result.text, '\0', sizeof result.text) == NULL)
		abort();
	(void)precheck("/proc/self/exe", path, &result);
	(void)close(fd);
	return 0;
}
