/* SPDX-License-Identifier: MIT */
/* scan_line against the plain way to split a text into lines. */
#include "fuzz.h"

#include "shim/base/scan.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static void compare(struct scan *s, const char *at, const char *end)
{
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline != NULL ? newline : end) - at);

		if (len < sizeof s->buf - 1) { /* else it is left out */
			const char *line = scan_line(s);

			MUST(line != NULL && memcmp(line, at, len) == 0 && line[len] == '\0');
		}
		at += len + 1;
	}
	MUST(scan_line(s) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scan s;
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	MUST(scan_open(&s, path) == 0);
	compare(&s, (const char *)data, (const char *)data + size);
	scan_close(&s);
	(void)close(fd);
	return 0;
}
