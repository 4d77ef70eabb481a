/* SPDX-License-Identifier: MIT */
/* The input as messages to the notification socket, each ended by a NUL. */
#include "fuzz.h"

#include "shim/ready/notify.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct notify n = { .fd = -1 };
	socklen_t len;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0), sent = 0;

	MUST(fd >= 0 && notify_open(&n, getuid()) == 0);
	memcpy(address.sun_path + 1, n.address + 1, strlen(n.address) - 1);
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(n.address));
	while (size > 0 && sent++ < 8) {
		const uint8_t *end = memchr(data, '\0', size);
		size_t part = end != NULL ? (size_t)(end - data) : size;

		(void)sendto(fd, data, part, MSG_DONTWAIT, (struct sockaddr *)&address, len);
		data += part + (end != NULL);
		size -= part + (end != NULL);
	}
	notify_read(&n);
	MUST(memchr(n.status, '\0', sizeof n.status) != NULL && n.error >= 0 && n.error < 4096);
	MUST(n.extend_ms >= 0);
	for (const char *c = n.status; *c != '\0'; c++) /* it is shown on a terminal */
		MUST((unsigned char)*c >= 0x20 && *c != 0x7F);
	(void)close(n.fd);
	(void)close(fd);
	return 0;
}
