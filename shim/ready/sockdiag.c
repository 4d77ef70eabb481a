/* SPDX-License-Identifier: MIT */
#include "ready/sockdiag.h"

#include "base/sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* From <linux/netlink.h>, <linux/sock_diag.h> and <linux/inet_diag.h>, which
 * not every libc's include path has. */
enum {
	SOCK_DIAG = 4,            /* NETLINK_SOCK_DIAG */
	BY_FAMILY = 20,           /* SOCK_DIAG_BY_FAMILY */
	REQUEST_DUMP = 1 | 0x300, /* NLM_F_REQUEST | NLM_F_DUMP */
	MESSAGE_DONE = 3,         /* NLMSG_DONE */
	LISTENING = 1 << 10,      /* 1 << TCP_LISTEN */
};

struct message {
	uint32_t len;
	uint16_t type, flags;
	uint32_t seq, sender;
};

struct socket_id {
	uint16_t sport, dport; /* network order */
	uint32_t src[4], dst[4], interface, cookie[2];
};

struct request {
	struct message head;
	uint8_t family, protocol, extensions, pad;
	uint32_t states;
	struct socket_id id;
};

struct answer {
	uint8_t family, state, timer, retrans;
	struct socket_id id;
	uint32_t expires, rqueue, wqueue, uid, inode;
};

/* The messages of one datagram. Returns 1 at the end of the listing, 0 when
 * there is more to receive, -1 with errno; *found is what `each` returned. */
static int read_messages(const char *at, size_t len, sockdiag_each *each, const void *ctx,
                         int *found)
{
	struct message head;
	struct answer answer;

	while (len >= sizeof head) {
		size_t step;

		memcpy(&head, at, sizeof head);
		step = ((size_t)head.len + 3) & ~(size_t)3;
		if (head.type == MESSAGE_DONE)
			return 1;
		if (head.type != BY_FAMILY || step > len ||
		    head.len < sizeof head + sizeof answer) {
			errno = EOPNOTSUPP; /* a refusal, most likely */
			return -1;
		}
		memcpy(&answer, at + sizeof head, sizeof answer);
		*found = each(ctx, ntohs(answer.id.sport), answer.inode);
		if (*found != 0)
			return 1;
		at += step;
		len -= step;
	}
	return 0;
}

/* Nothing here waits: the kernel answers a dump while it is asked. */
static int converse(int fd, int family, sockdiag_each *each, const void *ctx)
{
	const struct request request = {
		.head = { .len = sizeof request, .type = BY_FAMILY, .flags = REQUEST_DUMP },
		.family = (uint8_t)family,
		.protocol = IPPROTO_TCP,
		.states = LISTENING,
	};
	char buf[8192]; /* no part of a dump is larger */
	int found = 0;

	if (send(fd, &request, sizeof request, MSG_DONTWAIT) < 0)
		return -1;
	for (;;) {
		ssize_t n = recv(fd, buf, sizeof buf, MSG_DONTWAIT | MSG_TRUNC);
		int end;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		if ((size_t)n > sizeof buf) {
			errno = EMSGSIZE;
			return -1;
		}
		end = read_messages(buf, (size_t)n, each, ctx, &found);
		if (end != 0)
			return end < 0 ? -1 : found;
	}
}

int sockdiag_tcp(int family, sockdiag_each *each, const void *ctx)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, SOCK_DIAG);
	int result;

	if (fd < 0)
		return -1;
	result = converse(fd, family, each, ctx);
	sys_close(fd);
	return result;
}
