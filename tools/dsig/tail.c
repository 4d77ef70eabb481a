/* SPDX-License-Identifier: MIT */
#include "tail.h"

#include "base/sys.h"
#include "base/text.h"
#include "escape.h"
#include "say.h"

#include <unistd.h>

off_t tail_begin(int fd, off_t end, int lines)
{
	char block[4096];
	off_t at = end;

	if (lines == 0)
		return end;
	while (at > 0) {
		off_t from = at > (off_t)sizeof block ? at - (off_t)sizeof block : 0;
		ssize_t n = sys_pread(fd, block, (size_t)(at - from), (uint64_t)from);

		if (n < at - from)
			return at; /* truncated just now */
		/* A newline at the very end terminates the last line; it begins
		 * none. */
		for (; n > 0; n--)
			if (block[n - 1] == '\n' && from + n != end && --lines == 0)
				return from + n;
		at = from;
	}
	return 0;
}

int tail_copy(int fd, off_t *at, off_t end)
{
	char block[16384 + 1];
	const int terminal = isatty(STDOUT_FILENO);

	while (*at < end) {
		off_t rest = end - *at;
		size_t room = rest < (off_t)sizeof block - 1 ? (size_t)rest : sizeof block - 1;
		ssize_t n = sys_pread(fd, block, room, (uint64_t)*at);

		if (n <= 0)
			return (int)n;
		block[n] = '\0';
		if (terminal && n < rest)
			n = (ssize_t)escape_whole(block, (size_t)n);
		*at += n;
		n = say_bytes(block, terminal ? text_tame(block, (size_t)n, "\n\t") : (size_t)n);
		if (n < 0)
			return (int)n;
	}
	return 0;
}
