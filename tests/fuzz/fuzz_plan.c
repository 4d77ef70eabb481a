/* SPDX-License-Identifier: MIT */
/* A mark, a newline, and a message that waits where the mark may say. The
 * first byte says whether the nonce of the message is to be the mark's, or the
 * rest is strings to be packed, sent and found again. */
#include "fuzz.h"

#include "shim/daemon/sealed.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static void check_text(const struct plan *plan, plan_string at, size_t received)
{
	const char *text = plan_text(plan, at);

	MUST(text == NULL || text + strlen(text) < (const char *)plan + received);
}

static void check(const struct plan *plan, size_t received)
{
	unsigned long sum = 0;

	check_text(plan, plan->pidfile_path, received);
	check_text(plan, plan->chroot, received);
	check_text(plan, plan->workdir, received);
	check_text(plan, plan->script, received);
	check_text(plan, plan->out, received);
	check_text(plan, plan->err, received);
	for (size_t i = 0; i < plan->identity.group_count; i++)
		sum += plan->identity.groups[i];
	MUST((const char *)(plan->identity.groups + plan->identity.group_count) <=
	     (const char *)plan + received);
	(void)sum;
}

/* As the copy does: into a small room, and beyond it where that is too small. */
static int receive(struct plan **room, struct plan **plan, const char *mark)
{
	int fd = plan_find(mark);

	*room = *plan = calloc(1, SEALED_ROOM);
	MUST(*room != NULL);
	return fd >= 0 && plan_receive(plan, SEALED_ROOM, fd) == 0 ? fd : -1;
}

static void release(struct plan *room, struct plan *plan, size_t size)
{
	if (plan != room)
		(void)munmap(plan, size);
	free(room);
}

/* What the mark and the message of a stranger come to. */
static void forged(const int *pair, const uint8_t *data, size_t size)
{
	const uint8_t *newline = memchr(data, '\n', size);
	size_t len = newline != NULL ? (size_t)(newline - data) : 0;
	char mark[256] = "";
	struct plan *room, *plan;
	int fd;

	if (newline == NULL || len >= sizeof mark)
		return;
	memcpy(mark, data, len);
	size -= len + 1;
	if (size > 0 && len > 0 && (data[0] & 1) && size >= PLAN_NONCE) {
		int n = snprintf(mark, sizeof mark, "%d.", pair[1]);

		for (int i = 0; i < PLAN_NONCE; i++)
			n += snprintf(mark + n, sizeof mark - (size_t)n, "%02x", newline[1 + i]);
	}
	if (size > 0 && size < PLAN_MAX)
		(void)send(pair[0], newline + 1, size, MSG_DONTWAIT);
	fd = receive(&room, &plan, mark);
	MUST(fd < 0 || fd == pair[1]);
	if (fd >= 0)
		check(plan, size);
	release(room, plan, size);
}

static void same(const struct plan *plan, plan_string at, const char *text)
{
	const char *found = plan_text(plan, at);

	MUST(*text == '\0' ? found == NULL : found != NULL && strcmp(found, text) == 0);
}

static const char *next(const char *text, const char *end)
{
	text += strlen(text);
	return text < end ? text + 1 : end;
}

/* A launcher's, and its copy's. */
static void round_trip(const int *pair, const char *text, size_t size)
{
	const char *end = text + size, *root = next(text, end), *log = next(root, end);
	struct plan *plan = calloc(1, PLAN_MAX), *room, *got;
	gid_t groups[8];
	char mark[PLAN_MARK_SIZE], *pid_at;
	unsigned count = size % 9;

	MUST(plan != NULL);
	for (unsigned i = 0; i < count; i++)
		groups[i] = (gid_t)(size * i);
	plan->size = sizeof *plan;
	plan->identity.groups = groups;
	plan->identity.group_count = count;
	MUST(plan_pack(plan, &plan->pidfile_path, text) == 0 &&
	     plan_pack(plan, &plan->chroot, root) == 0 && plan_pack_groups(plan) == 0 &&
	     plan_pack(plan, &plan->out, log) == 0);
	MUST(plan_send(plan, pair[0], pair[1], mark, &pid_at) == 0);
	(void)sprintf(pid_at, "%d", (int)getpid());
	MUST(receive(&room, &got, mark) == pair[1]);
	same(got, got->pidfile_path, text);
	same(got, got->chroot, root);
	same(got, got->out, log);
	MUST(got->identity.group_count == count && got->identity.groups != NULL &&
	     memcmp(got->identity.groups, groups, count * sizeof *groups) == 0);
	release(room, got, got->size);
	MUST(receive(&room, &got, mark) == -1); /* it was one launch's */
	release(room, got, 0);
	free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	if (size > 0 && data[0] == 'p')
		round_trip(pair, text, size);
	else if (size > 0)
		forged(pair, data, size);
	(void)close(pair[0]);
	(void)close(pair[1]);
	free(text);
	return 0;
}
