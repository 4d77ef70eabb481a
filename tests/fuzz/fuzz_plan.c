/* SPDX-License-Identifier: MIT */
/* A mark, a newline, and a message that waits where the mark may say. The
 * first byte says whether the nonce of the message is to be the mark's. */
#include "keep.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct plan *plan, plan_string at, size_t received)
{
	const char *text = plan_text(plan, at);

	if (text != NULL && (text + strlen(text) >= (const char *)plan + received))
		abort();
}

static void check(const struct plan *plan, size_t received)
{
	unsigned long sum = 0;

	check_text(plan, plan->pidfile, received);
	check_text(plan, plan->chroot, received);
	check_text(plan, plan->workdir, received);
	check_text(plan, plan->out, received);
	check_text(plan, plan->err, received);
	for (size_t i = 0; i < plan->who.group_count; i++)
		sum += plan->who.groups[i];
	if ((const char *)(plan->who.groups + plan->who.group_count) >
	    (const char *)plan + received)
		abort();
	(void)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plan *room = malloc(KEEP_ROOM), *plan = room;
	const uint8_t *newline = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t len = newline != NULL ? (size_t)(newline - data) : 0;
	char mark[256] = "";
	int pair[2], fd;

	if (newline == NULL || len >= sizeof mark || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0) {
		free(room);
		return 0;
	}
	memcpy(mark, data, len);
	size -= len + 1;
	if (size > 0 && len > 0 && (data[0] & 1) && size >= PLAN_NONCE) {
		int n = snprintf(mark, sizeof mark, "%d.", pair[1]);

		for (int i = 0; i < PLAN_NONCE; i++)
			n += snprintf(mark + n, sizeof mark - (size_t)n, "%02x", newline[1 + i]);
	}
	if (size > 0 && size < PLAN_MAX)
		(void)send(pair[0], newline + 1, size, MSG_DONTWAIT);
	fd = plan_receive(&plan, KEEP_ROOM, mark);
	if (fd >= 0 && fd != pair[1])
		abort();
	if (fd >= 0)
		check(plan, size);
	(void)close(pair[0]);
	(void)close(pair[1]);
	if (plan != room)
		(void)munmap(plan, size);
	free(room);
	return 0;
}
