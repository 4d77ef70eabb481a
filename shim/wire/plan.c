/* SPDX-License-Identifier: MIT */
#include "wire/plan.h"

#include "base/sys.h"
#include "base/process.h"
#include "base/text.h"
#include "wire/channel.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#define GRND_NONBLOCK_ 1

const char *plan_text(const struct plan *plan, plan_string at)
{
	return at != 0 ? (const char *)plan + at : NULL;
}

static int pack(struct plan *plan, plan_string *at, const void *bytes, size_t len)
{
	plan->size = (plan->size + 7) & ~7u;
	if (plan->size >= PLAN_MAX || len >= PLAN_MAX - plan->size)
		return -E2BIG;
	*at = plan->size;
	if (len > 0) /* without groups, bytes may be NULL */
		memcpy((char *)plan + plan->size, bytes, len);
	plan->size += (uint32_t)len;
	return 0;
}

int plan_pack(struct plan *plan, plan_string *at, const char *text)
{
	return text == NULL || *text == '\0' ? 0 : pack(plan, at, text, strlen(text) + 1);
}

int plan_pack_groups(struct plan *plan)
{
	return pack(plan, &plan->groups, plan->identity.groups,
	            plan->identity.group_count * sizeof *plan->identity.groups);
}

/* The nonce must be unique but not secret: only the same user can send a message on
 * our channel. */
static void fill_nonce(unsigned char *nonce)
{
	int64_t now;

	if (sys_getrandom(nonce, PLAN_NONCE, GRND_NONBLOCK_) == PLAN_NONCE)
		return;
	now = sys_clock(CLOCK_REALTIME);
	memcpy(nonce, &now, sizeof now);
	nonce[0] ^= (unsigned char)sys_getpid();
}

/* Writes the mark up to its PID: "FD.NONCE.". */
static void write_mark(struct text *t, char *mark, int fd, const unsigned char *nonce)
{
	text_begin(t, mark, PLAN_MARK_SIZE);
	text_num(t, fd);
	text_str(t, ".");
	for (int i = 0; i < PLAN_NONCE; i++) {
		text_mem(t, &"0123456789abcdef"[nonce[i] >> 4], 1);
		text_mem(t, &"0123456789abcdef"[nonce[i] & 15], 1);
	}
	text_str(t, ".");
}

/* A control message with the descriptors of the pid file. */
union rights {
	struct cmsghdr head;
	char room[CMSG_SPACE(2 * sizeof(int))];
};

static void attach(struct msghdr *message, union rights *rights, const struct pidfile *pidfile)
{
	const int fds[2] = { pidfile->lock_fd, pidfile->flock_fd };
	const size_t bytes = fds[1] >= 0 ? sizeof fds : sizeof *fds;

	memset(rights, 0, sizeof *rights);
	rights->head.cmsg_level = SOL_SOCKET;
	rights->head.cmsg_type = SCM_RIGHTS;
	rights->head.cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(&rights->head), fds, bytes);
	message->msg_control = rights;
	message->msg_controllen = CMSG_SPACE(bytes);
}

int plan_send(struct plan *plan, int fd, int copy_end, char *mark, char **pid_at)
{
	struct iovec part = { .iov_base = plan };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	union rights rights;
	struct text t;
	ssize_t n;

	((char *)plan)[plan->size++] = '\0';
	fill_nonce(plan->nonce);
	write_mark(&t, mark, copy_end, plan->nonce);
	*pid_at = t.at;
	if (plan->pidfile.lock_fd >= 0)
		attach(&message, &rights, &plan->pidfile);
	part.iov_len = plan->size;
	do
		n = sys_sendmsg(fd, &message, MSG_NOSIGNAL);
	while (n == -EINTR);
	return n < 0 ? (int)n : 0;
}

/* ---- the copy's side */

static int read_fd(const char *mark)
{
	char number[16];
	struct text t;
	long long fd;

	text_begin(&t, number, sizeof number);
	text_mem(&t, mark, strcspn(mark, "."));
	return t.cut || text_number(number, 0, INT_MAX, &fd) < 0 ? -1 : (int)fd;
}

/* Are all strings and groups inside the message, strings terminated, groups
 * aligned? */
static int sound(const struct plan *plan, size_t size)
{
	const plan_string at[] = { plan->pidfile_path, plan->chroot, plan->workdir,
		                   plan->script,       plan->out,    plan->err };

	if (plan->size != size || ((const char *)plan)[size - 1] != '\0')
		return 0;
	for (unsigned i = 0; i < sizeof at / sizeof *at; i++)
		if (at[i] != 0 && (at[i] < sizeof *plan || at[i] >= size))
			return 0;
	return plan->groups <= size && plan->groups % sizeof(gid_t) == 0 &&
	       plan->identity.group_count <= (size - plan->groups) / sizeof(gid_t);
}

/* Copies the first message on fd without receiving it: fd may be a socket of the
 * program's own. Returns the message's length, or -errno. */
static ssize_t peek(int fd, void *room, size_t size)
{
	return channel_receive(fd, room, size, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
}

/* The descriptor in mark, if the message there has mark's nonce and pid is mark's
 * PID; else -1. */
static int find(const char *mark, pid_t pid)
{
	unsigned char nonce[PLAN_NONCE];
	char written[PLAN_MARK_SIZE];
	int fd = read_fd(mark);
	struct text t;

	if (fd < 0 || peek(fd, nonce, sizeof nonce) < (ssize_t)sizeof(struct plan))
		return -1;
	write_mark(&t, written, fd, nonce);
	text_num(&t, pid);
	return strcmp(mark, written) == 0 ? fd : -1;
}

int plan_find(const char *mark)
{
	return find(mark, sys_getpid());
}

int plan_is_ancestors(const char *mark)
{
	const char *dot = strrchr(mark, '.');
	pid_t ancestor = sys_getppid();
	struct process_stat stat;
	long long pid;

	if (dot == NULL || dot - strchr(mark, '.') != 1 + 2 * PLAN_NONCE ||
	    text_number(dot + 1, 1, INT_MAX, &pid) < 0 || sys_getsid((pid_t)pid) != sys_getsid(0))
		return 0;
	while (ancestor > 1 && ancestor != pid)
		ancestor = process_stat(ancestor, &stat) == 0 ? stat.parent : 0;
	if (ancestor != pid)
		return 0;
	sys_close(find(mark, ancestor)); /* found only until the copy has received it */
	return 1;
}

static void take_rights(struct msghdr *message, struct pidfile *pidfile)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(message);
	int fds[2] = { -1, -1 };

	pidfile->lock_fd = pidfile->flock_fd = -1;
	if (c == NULL || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return;
	memcpy(fds, CMSG_DATA(c), c->cmsg_len >= CMSG_LEN(sizeof fds) ? sizeof fds : sizeof *fds);
	pidfile->lock_fd = fds[0];
	pidfile->flock_fd = fds[1];
}

/* Receives the message of n bytes that peek has found. Returns 0, or -errno. */
static int take(int fd, struct plan *plan, size_t n)
{
	struct iovec part = { .iov_base = plan, .iov_len = n };
	union rights rights;
	struct msghdr message = { .msg_iov = &part,
		                  .msg_iovlen = 1,
		                  .msg_control = &rights,
		                  .msg_controllen = sizeof rights };
	ssize_t got = channel_receive_message(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (got != (ssize_t)n)
		return got < 0 ? (int)got : -EBADMSG;
	take_rights(&message, &plan->pidfile);
	return 0;
}

int plan_receive(struct plan **plan, size_t room, int fd)
{
	ssize_t n = peek(fd, *plan, room), again;
	int r;

	if (n < (ssize_t)sizeof **plan || n > PLAN_MAX)
		return -EBADMSG;
	if ((size_t)n > room) {
		*plan = sys_allocate((size_t)n);
		if (*plan == NULL)
			return -ENOMEM;
		again = peek(fd, *plan, (size_t)n);
		if (again != n)
			return again < 0 ? (int)again : -EBADMSG;
	}
	if (!sound(*plan, (size_t)n))
		return -EBADMSG;
	r = take(fd, *plan, (size_t)n);
	if (r < 0)
		return r;
	(*plan)->identity.groups = (gid_t *)((char *)*plan + (*plan)->groups);
	return 0;
}
