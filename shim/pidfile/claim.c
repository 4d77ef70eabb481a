/* SPDX-License-Identifier: MIT */
#include "pidfile/claim.h"

#include "base/path.h"
#include "base/text.h"
#include "pidfile/attempt.h"
#include "pidfile/evidence.h"
#include "pidfile/refuse.h"

#include <errno.h>
#include <string.h>

#define WAIT_MS 1000
#define NAP_MS 2

static void close_files(struct claim *c)
{
	sys_close(c->lock_fd);
	sys_close(c->flock_fd);
	sys_close(c->fd);
	c->lock_fd = c->flock_fd = c->fd = -1;
}

/* Removes a file that we created and cannot use, unless another starter has claimed
 * it meanwhile. */
static void uncreate(struct claim *c)
{
	if (c->created && sys_lock(c->fd, F_WRLCK) == 0 && !attempt_must_wait(c) &&
	    pidfile_read(c->fd) == 0)
		(void)claim_remove(c);
}

static int take(struct claim *c, const char *path, mode_t mode, struct failure *why)
{
	enum attempt o;

	c->path = path;
	c->dir = path_parent(path, &c->base);
	if (c->dir < 0) {
		refuse_unopened(c, -c->dir, why);
		return -1;
	}
	c->dir = sys_raise(c->dir);
	for (int waited = 0;; waited += NAP_MS) {
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to lock pid file ", path,
		                  ": other starts keep replacing it");
		o = attempt(c, mode, why);
		if (o != ATTEMPT_AGAIN || waited >= WAIT_MS)
			break;
		close_files(c); /* others may be waiting for our lock */
		(void)sys_poll(NULL, 0, NAP_MS);
	}
	if (o == ATTEMPT_CLAIMED) {
		(void)failure_set(why, STATUS_OK, 0, "");
		return 0;
	}
	uncreate(c);
	claim_end(c);
	return -1;
}

int claim_take(struct claim *c, const char *path, mode_t mode, struct failure *why)
{
	*c = CLAIM_NONE;
	return take(c, path, mode, why);
}

int claim_take_reserved(struct claim *c, const char *path, mode_t mode, struct failure *why)
{
	*c = CLAIM_NONE;
	c->reserved = 1;
	return take(c, path, mode, why);
}

struct pidfile claim_for_daemon(const struct claim *c)
{
	return (struct pidfile){ .lock_fd = c->lock_fd,
		                 .flock_fd = c->alone || c->is_taken ? -1 : c->flock_fd,
		                 .file = c->file };
}

int claim_remove(struct claim *c)
{
	return pidfile_is(c->dir, c->base, &c->file) == 1 ? sys_unlinkat(c->dir, c->base, 0)
	                                                  : -ENOENT;
}

void claim_end(struct claim *c)
{
	close_files(c);
	sys_close(c->dir);
	c->dir = -1;
}

/* ---- write */

int claim_write(struct claim *c, pid_t pid, struct failure *why)
{
	char line[24];
	struct text t;
	ssize_t len, n = -EFBIG; /* instead of the SIGXFSZ of a write */

	text_begin(&t, line, sizeof line);
	text_num(&t, pid);
	text_str(&t, "\n");
	len = t.at - t.start;
	/* Truncate first: the size grows once the bytes are in place, so a reader
	 * sees none or all of them. An empty file is not truncated, which would
	 * cost as much as the write. */
	if (sys_file_size_limit() >= (uint64_t)len)
		n = c->file.size == 0 ? 0 : sys_truncate_to_nothing(c->fd);
	if (n == 0)
		do
			n = sys_pwrite(c->fd, line, (size_t)len, 0);
		while (n == -EINTR);
	if (n == len) {
		c->written = 1;
		c->file.size = (uint64_t)len;
		evidence_stamp(c->fd, pid);
		return 0;
	}
	(void)failure_set(why, STATUS_CANTCREAT, n >= 0 ? ENOSPC : (int)-n,
	                  "unable to write pid file ", c->path);
	(void)sys_truncate_to_nothing(c->fd);
	return -1;
}

int claim_stands(const struct claim *c, pid_t pid)
{
	char content[24], number[24];
	ssize_t n = sys_pread(c->fd, content, sizeof content - 1, 0);

	if (n <= 0 || content[n - 1] != '\n' || pidfile_is(c->dir, c->base, &c->file) != 1)
		return 0;
	content[n - 1] = '\0';
	return strcmp(content, text_decimal(number, pid)) == 0;
}
