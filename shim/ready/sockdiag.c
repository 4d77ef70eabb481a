/* SPDX-License-Identifier: MIT */
#include "ready/sockdiag.h"

#include "base/sys.h"

#include <errno.h>
#include <netinet/in.h>
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
	uint8_t sport[2], dport[2]; /* big-endian */
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

/* Reads the messages of one datagram. Returns 1 at the end of the listing, 0 if
 * there is more to receive, or -errno; *found is the last result of each. */
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
		if (head.type != BY_FAMILY || step > len || head.len < sizeof head + sizeof answer)
			return -EOPNOTSUPP; /* probably NLMSG_ERROR */
		memcpy(&answer, at + sizeof head, sizeof answer);
		*found = each(ctx, (unsigned)answer.id.sport[0] << 8 | answer.id.sport[1],
		              answer.inode, answer.uid);
		if (*found != 0)
			return 1;
		at += step;
		len -= step;
	}
	return 0;
}

/* Never blocks: the kernel produces the dump during send and recv. */
static int converse(int fd, int family, sockdiag_each *each, const void *ctx)
{
	const struct request request = {
		.head = { .len = sizeof request, .type = BY_FAMILY, .flags = REQUEST_DUMP },
		.family = (uint8_t)family,
		.protocol = IPPROTO_TCP,
		.states = LISTENING,
	};
	char buf[8192]; /* no datagram of a dump is larger */
	int found = 0;
	ssize_t n = sys_send(fd, &request, sizeof request, MSG_DONTWAIT);

	if (n < 0)
		return (int)n;
	for (;;) {
		int end;

		n = sys_recv(fd, buf, sizeof buf, MSG_DONTWAIT | MSG_TRUNC);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? (int)n : -EOPNOTSUPP;
		if ((size_t)n > sizeof buf)
			return -EMSGSIZE;
		end = read_messages(buf, (size_t)n, each, ctx, &found);
		if (end != 0)
			return end < 0 ? end : found;
	}
}

int sockdiag_tcp(int family, sockdiag_each *each, const void *ctx)
{
	int fd = sys_socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, SOCK_DIAG);
	int result;

	if (fd < 0)
		return fd;
	result = converse(fd, family, each, ctx);
	sys_close(fd);
	return result;
}
