/* SPDX-License-Identifier: MIT */
/* The kernel's answer to who listens: each datagram begins with its length, two
 * bytes. With an even first byte they are what a kernel says of the ports that
 * follow, and all of these are heard of, in order. */
#include "fuzz.h"

#include "shim/base/sys.h"
#include "shim/ready/sockdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <unistd.h>

int __wrap_sys_socket(int domain, int type, int protocol);
ssize_t __wrap_sys_send(int fd, const void *buf, size_t size, int flags);
ssize_t __wrap_sys_recv(int fd, void *buf, size_t size, int flags);

static const uint8_t *answers;
static size_t answers_left;

int __wrap_sys_socket(int domain, int type, int protocol)
{
	MUST(domain == AF_NETLINK && (type & SOCK_CLOEXEC) != 0 && protocol == NETLINK_SOCK_DIAG);
	return dup(STDIN_FILENO);
}

ssize_t __wrap_sys_send(int fd, const void *buf, size_t size, int flags)
{
	const struct nlmsghdr *head = buf;
	const struct inet_diag_req_v2 *request = NLMSG_DATA(head);

	(void)fd;
	(void)flags;
	MUST(size == NLMSG_LENGTH(sizeof *request) && head->nlmsg_len == size);
	MUST(head->nlmsg_type == SOCK_DIAG_BY_FAMILY);
	MUST(head->nlmsg_flags == (NLM_F_REQUEST | NLM_F_DUMP));
	MUST(request->sdiag_protocol == IPPROTO_TCP && request->idiag_states == 1 << 10);
	return (ssize_t)size;
}

/* As with MSG_TRUNC: the whole length, whatever fits. */
ssize_t __wrap_sys_recv(int fd, void *buf, size_t size, int flags)
{
	size_t len, fits;

	(void)fd;
	MUST((flags & MSG_TRUNC) != 0);
	if (answers_left < 2)
		return -EAGAIN;
	len = (size_t)answers[0] << 8 | answers[1];
	answers += 2;
	answers_left -= 2;
	fits = len < answers_left ? len : answers_left;
	memcpy(buf, answers, fits < size ? fits : size);
	answers += fits;
	answers_left -= fits;
	return (ssize_t)(len > size ? len : fits);
}

#define ANY 1 /* no answer of sockdiag_tcp() here */
struct heard {
	const uint8_t *expected; /* NULL: anything */
	size_t count;
};

static int hear(const void *ctx, unsigned port, unsigned long long inode, uid_t owner)
{
	struct heard *h = *(struct heard *const *)ctx;

	(void)owner;

	if (h->expected != NULL)
		MUST(port == h->expected[h->count] && inode == h->count + 7);
	h->count++;
	return 0;
}

static void play(const uint8_t *datagrams, size_t size, struct heard *h, int expected)
{
	int r;

	answers = datagrams;
	answers_left = size;
	r = sockdiag_tcp(AF_INET, hear, &h);
	MUST(r <= 0);
	MUST(expected == ANY || r == expected);
}

static size_t put(uint8_t *to, uint16_t type, const void *body, size_t size)
{
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)NLMSG_LENGTH(size), .nlmsg_type = type };

	memcpy(to, &head, sizeof head);
	memcpy(to + NLMSG_HDRLEN, body, size);
	return NLMSG_SPACE(size);
}

static void as_it_should(const uint8_t *ports, size_t count)
{
	static uint8_t all[65536];
	struct heard h = { .expected = ports };
	size_t at = 0, length_at = 0;

	count = count > 300 ? 300 : count;
	for (size_t i = 0; i <= count; i++) {
		struct inet_diag_msg m = { .idiag_inode = (uint32_t)i + 7 };
		int none = 0;

		if (i % 20 == 0) {
			length_at = at;
			at += 2;
		}
		if (i < count)
			m.id.idiag_sport = htons(ports[i]);
		at += i < count ? put(all + at, SOCK_DIAG_BY_FAMILY, &m, sizeof m)
		                : put(all + at, NLMSG_DONE, &none, sizeof none);
		all[length_at] = (uint8_t)((at - length_at - 2) >> 8);
		all[length_at + 1] = (uint8_t)(at - length_at - 2);
	}
	play(all, at, &h, 0);
	MUST(h.count == count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard h = { .expected = NULL };

	if (size > 0 && data[0] % 2 == 0)
		as_it_should(data + 1, size - 1);
	else if (size > 0)
		play(data + 1, size - 1, &h, ANY);
	return 0;
}
