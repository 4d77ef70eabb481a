/* SPDX-License-Identifier: MIT */
#include "ready/notify.h"

#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define MESSAGE_MAX 4096
#define LINGER_MS 5
#define FDS_MAX 253 /* SCM_MAX_FD of the kernel */

/* Has the socket say whom a message is from, and gets it an address. 0, or
 * -errno. */
static int set_up(struct notify *n)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = offsetof(struct sockaddr_un, sun_path); /* let the kernel choose a name */
	const int on = 1;
	struct text t;
	int r = sys_setsockopt(n->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);

	if (r == 0)
		r = sys_bind(n->fd, &address, len);
	len = sizeof address;
	if (r == 0)
		r = sys_getsockname(n->fd, &address, &len);
	if (r < 0)
		return r;
	text_begin(&t, n->address, sizeof n->address);
	text_str(&t, "@");
	text_mem(&t, address.sun_path + 1, len - offsetof(struct sockaddr_un, sun_path) - 1);
	return 0;
}

int notify_open(struct notify *n, uid_t uid)
{
	int r;

	memset(n, 0, sizeof *n);
	n->uid = uid;
	n->fd = r = sys_raise(sys_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	if (r >= 0)
		r = set_up(n);
	if (r < 0) {
		sys_close(n->fd);
		n->fd = -1;
	}
	return r;
}

static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	return strncmp(line, key, len) == 0 ? line + len : NULL;
}

static void take_line(struct notify *n, const char *line)
{
	const char *value;
	long long number;

	if (strcmp(line, "READY=1") == 0) {
		n->ready = 1;
	} else if ((value = value_of(line, "STATUS=")) != NULL) {
		struct text t;

		text_begin(&t, n->status, sizeof n->status);
		text_shown(&t, value);
	} else if ((value = value_of(line, "ERRNO=")) != NULL) {
		if (text_number(value, 0, 4095, &number) == 0)
			n->error = (int)number;
	} else if ((value = value_of(line, "EXTEND_TIMEOUT_USEC=")) != NULL) {
		if (text_number(value, 0, LLONG_MAX, &number) == 0)
			n->extend_ms = number / 1000;
	}
}

static void take(struct notify *n, char *text)
{
	for (char *line = text, *end; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end != '\0')
			*end++ = '\0';
		take_line(n, line);
	}
}

/* CMSG_NXTHDR, which in glibc calls a function that musl lacks. */
static struct cmsghdr *following(const struct msghdr *message, struct cmsghdr *c)
{
	char *end = (char *)message->msg_control + message->msg_controllen;
	char *next = (char *)c + CMSG_ALIGN(c->cmsg_len);

	return next > end || (size_t)(end - next) < sizeof *c ? NULL : (void *)next;
}

/* A daemon that began as root may be somebody else by now. */
static int counts(const struct notify *n, const struct ucred *sender)
{
	return sender->uid == n->uid || sender->uid == 0 ||
	       (n->daemon > 0 && sender->pid > 0 &&
	        sys_getsid(sender->pid) == sys_getsid(n->daemon));
}

/* Whether the sender counts; closes what came along. */
static int credible(struct notify *n, struct msghdr *message)
{
	int good = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = following(message, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred sender;

			memcpy(&sender, CMSG_DATA(c), sizeof sender);
			good = counts(n, &sender);
		} else if (c->cmsg_type == SCM_RIGHTS) {
			size_t bytes = (size_t)c->cmsg_len - CMSG_LEN(0);

			n->brought = 1;
			for (size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
				int fd;

				memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
				sys_close(fd);
			}
		}
	}
	return good;
}

void notify_read(struct notify *n)
{
	char text[MESSAGE_MAX + 1];
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control;

	for (;;) {
		struct iovec part = { .iov_base = text, .iov_len = MESSAGE_MAX };
		struct msghdr message = { .msg_iov = &part,
			                  .msg_iovlen = 1,
			                  .msg_control = &control,
			                  .msg_controllen = sizeof control };
		ssize_t len = sys_recvmsg(n->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

		if (len == -EINTR)
			continue;
		if (len < 0)
			return;
		text[len] = '\0';
		if (credible(n, &message) && (message.msg_flags & MSG_TRUNC) == 0)
			take(n, text);
	}
}

void notify_linger(struct notify *n)
{
	struct pollfd event = { .fd = n->fd, .events = POLLIN };

	if (!n->brought && sys_poll(&event, 1, LINGER_MS) > 0)
		notify_read(n);
}
