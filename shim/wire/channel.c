/* SPDX-License-Identifier: MIT */
#include "wire/channel.h"

#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/uio.h>

int channel_open(int *launcher_end, int *copy_end)
{
	int pair[2];
	int r = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);

	if (r < 0)
		return r;
	*launcher_end = sys_raise(pair[0]);
	*copy_end = sys_raise(pair[1]);
	if (*launcher_end >= 0 && *copy_end >= 0)
		return 0;
	r = *launcher_end < 0 ? *launcher_end : *copy_end;
	sys_close(*launcher_end);
	sys_close(*copy_end);
	return r;
}

/* Does not use struct note: its 4 KiB would add two pages to the daemon's stack. */
int channel_tell(int fd, enum note_kind kind, const struct failure *failure)
{
	struct {
		int kind, status, error;
	} head = { (int)kind, 0, 0 };
	struct iovec parts[2] = { { &head, sizeof head }, { NULL, 0 } };
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n;

	_Static_assert(offsetof(struct note, failure.text) == sizeof head, "a note's beginning");
	if (failure != NULL) {
		head.status = failure->status;
		head.error = failure->error;
		parts[1] = (struct iovec){ (void *)failure->text, strlen(failure->text) };
	}
	do
		n = sys_sendmsg(fd, &message, MSG_NOSIGNAL);
	while (n == -EINTR);
	return n < 0 ? (int)n : 0;
}

int channel_step(int fd, const char *const *parts)
{
	struct failure step;

	(void)failure_join(&step, 0, clock_us(), parts);
	return channel_tell(fd, NOTE_STEP, &step);
}

ssize_t channel_receive_message(int fd, struct msghdr *message, int flags)
{
	int resets = 0;
	ssize_t n;

	do {
		n = sys_recvmsg(fd, message, flags);
		resets += n == -ECONNRESET;
	} while (n == -EINTR || (n == -ECONNRESET && resets == 1));
	return n;
}

ssize_t channel_receive(int fd, void *buf, size_t size, int flags)
{
	struct iovec part = { .iov_base = buf, .iov_len = size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	return channel_receive_message(fd, &message, flags);
}

int channel_await(int fd, enum note_kind kind)
{
	int heard = NOTE_NONE;
	ssize_t n = channel_receive(fd, &heard, sizeof heard, 0);

	if (n <= 0)
		return n < 0 ? (int)n : -EPIPE;
	return n == (ssize_t)sizeof heard && heard == (int)kind ? 0 : -EBADMSG;
}

void channel_hear(int fd, long long deadline_ms, struct note *note)
{
	const size_t least = offsetof(struct note, failure.text);

	note->kind = NOTE_NONE;
	note->failure.status = note->failure.error = 0;
	note->failure.text[0] = '\0';
	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		long long left = deadline_ms - clock_ms();
		ssize_t n;

		if (sys_poll(&ready, 1, left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left) == 0)
			return;
		n = channel_receive(fd, note, sizeof *note - 1, MSG_DONTWAIT);
		if (n >= (ssize_t)least) {
			((char *)note)[n] = '\0';
			return;
		}
		/* Temporary errors are not the end: the copy is still alive. */
		if (n != -EAGAIN && n != -ENOMEM) {
			note->kind = NOTE_END;
			return;
		}
		if (left <= 0)
			return;
	}
}
