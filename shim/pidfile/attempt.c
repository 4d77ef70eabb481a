/* SPDX-License-Identifier: MIT */
#include "pidfile/attempt.h"

#include "base/path.h"
#include "pidfile/evict.h"
#include "pidfile/evidence.h"
#include "pidfile/refuse.h"

#include <errno.h>
#include <sys/file.h>

#define OPEN (O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

#define NEW 2 /* value of claim.created: in this attempt */

/* ---- open */

static enum attempt unopened(const struct claim *c, int error, struct failure *why)
{
	refuse_unopened(c, error, why);
	return ATTEMPT_FAILED;
}

/* Tries O_EXCL first, to know whether the file is new. An existing one is opened
 * without O_CREAT, which fs.protected_regular refuses in /tmp. */
static int open_or_create(struct claim *c, mode_t mode)
{
	int fd = -EEXIST, r;

	if (mode != CLAIM_EXISTING)
		fd = sys_openat(c->dir, c->base, O_RDWR | O_CREAT | O_EXCL | OPEN, 0600);
	if (fd == -EEXIST)
		return sys_openat(c->dir, c->base, O_RDWR | OPEN, 0);
	if (fd < 0)
		return fd;
	c->created = NEW;
	r = sys_fchmod_new(fd, mode);
	if (r < 0) {
		(void)sys_unlinkat(c->dir, c->base, 0);
		sys_close(fd);
		return r;
	}
	return fd;
}

static enum attempt open_file(struct claim *c, mode_t mode, struct failure *why)
{
	struct sys_stat dir, before = c->file;
	int r, is_new;

	c->fd = sys_raise(open_or_create(c, mode));
	if (c->fd == -ENOENT && mode != CLAIM_EXISTING)
		return ATTEMPT_AGAIN; /* unlinked between our two opens */
	r = c->fd < 0 ? c->fd : sys_fstat(c->fd, &c->file);
	if (r == 0 && c->created != NEW)
		r = sys_fstat(c->dir, &dir);
	if (r < 0 && c->created == NEW) { /* claim_remove() would not know the file */
		(void)sys_unlinkat(c->dir, c->base, 0);
		c->created = 0;
	}
	if (r < 0)
		return unopened(c, -r, why);
	/* A file that an earlier attempt created may have been replaced since. */
	is_new = c->created == NEW;
	c->created = is_new || (c->created && sys_same(&before, &c->file));
	if (is_new)
		return ATTEMPT_CLAIMED;
	if (!S_ISREG(c->file.mode)) {
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to open pid file ", c->path,
		                  ": not a regular file");
		return ATTEMPT_FAILED;
	}
	return path_planted(&dir, &c->file) ? unopened(c, EACCES, why) : ATTEMPT_CLAIMED;
}

/* Opens the same file once more, read-only. HAZARD: closing any descriptor of the
 * file drops our record lock, so this one must neither be closed alone nor moved by
 * sys_raise(). */
static enum attempt open_twin(struct claim *c, int *fd, struct failure *why)
{
	struct sys_stat twin;
	int r;

	*fd = sys_openat(c->dir, c->base, O_RDONLY | OPEN, 0);
	r = *fd < 0 ? *fd : sys_fstat(*fd, &twin);
	if (r == -ENOENT || (r == 0 && !sys_same(&twin, &c->file)))
		return ATTEMPT_AGAIN;
	return r < 0 ? unopened(c, -r, why) : ATTEMPT_CLAIMED;
}

/* ---- who holds the file */

/* Reads the pid, or -1. Of what other programs write, only the first number counts. */
enum content { EMPTY_OR_PID, FOREIGN };
static enum content read_content(struct claim *c, pid_t *pid)
{
	char text[PIDFILE_TEXT];
	ssize_t n = sys_pread(c->fd, text, sizeof text, 0);

	*pid = n < 0 || n == sizeof text ? -1 : pidfile_parse(text, (size_t)n);
	if (*pid >= 0)
		return EMPTY_OR_PID;
	*pid = n < 0 ? -1 : pidfile_parse_foreign(text, (size_t)n);
	return FOREIGN;
}

/* Returns ATTEMPT_CLAIMED if nothing proves that the named process is the daemon
 * and the content may be overwritten, else ATTEMPT_FAILED with *why described. */
static enum attempt judge(struct claim *c, enum content content, pid_t pid,
                          const struct evidence *e, struct failure *why)
{
	if (e->kind != EVIDENCE_NONE && (content != FOREIGN || e->kind != EVIDENCE_CLOCK)) {
		refuse_running(c, pid, why);
		return ATTEMPT_FAILED;
	}
	if (content != FOREIGN)
		return ATTEMPT_CLAIMED;
	(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to use ", c->path,
	                  " as a pid file: it holds something other than a pid; use another file");
	return ATTEMPT_FAILED;
}

/* Where flock(2) is implemented as a record lock (NFS, 9p), it conflicts with our
 * own record lock. So drop that and try again: if the flock succeeds, later
 * attempts use the record lock alone. */
static void try_apart(struct claim *c)
{
	(void)sys_lock(c->fd, F_UNLCK);
	if (sys_flock(c->flock_fd, LOCK_EX | LOCK_NB) == 0)
		c->alone = 1;
}

/* A lock was refused. Returns ATTEMPT_FAILED if a daemon holds it or the content
 * may not be overwritten, ATTEMPT_CLAIMED if only strangers (locks.h) hold it and
 * we can do without, otherwise ATTEMPT_AGAIN. */
static enum attempt refused(struct claim *c, int is_flock, struct failure *why)
{
	enum content content;
	enum attempt o;
	struct evidence e;
	const struct locks *locks;
	pid_t pid;

	if (sys_fstat(c->fd, &c->file) < 0 || pidfile_is(c->dir, c->base, &c->file) == 0)
		return ATTEMPT_AGAIN;
	content = read_content(c, &pid);
	evidence_judge(c->fd, &c->file, pid, &e);
	o = judge(c, content, pid, &e, why);
	if (o != ATTEMPT_CLAIMED)
		return o;
	refuse_locked(c, &e, why);
	locks = is_flock ? &e.flock : &e.record;
	if (is_flock && locks->holder == LOCKS_UNSEEN)
		try_apart(c);
	return locks->holder == 0 && locks->stranger != 0 ? ATTEMPT_CLAIMED : ATTEMPT_AGAIN;
}

/* ---- lock, check */

static enum attempt lock(struct claim *c, mode_t mode, struct failure *why)
{
	int r = sys_lock(c->fd, F_WRLCK);

	if (r == 0 || r == -EINTR)
		return r == 0 ? ATTEMPT_CLAIMED : ATTEMPT_AGAIN;
	if (r == -EAGAIN || r == -EACCES) {
		enum attempt o = refused(c, 0, why);

		if (mode == CLAIM_EXISTING)
			mode = c->file.mode & 07777;
		if (o != ATTEMPT_CLAIMED)
			return o;
		/* the first time, its holder may have just ended */
		return c->hindered++ > 0 ? evict(c, mode) : ATTEMPT_AGAIN;
	}
	(void)failure_set(why, STATUS_CANTCREAT, -r, "unable to lock pid file ", c->path);
	return ATTEMPT_FAILED;
}

/* Others respect our lock only if we own the file or are root (locks.h). If a group
 * shares the file, its other members would take us for a stranger. */
static int is_foreign(const struct claim *c)
{
	const uid_t ours = sys_geteuid();

	return ours != 0 && c->file.uid != ours;
}

/* Called with both locks held. A daemon that has lost its own is recognised by the
 * stamp. Whether the path still names this file is checked by open_twin(), before
 * and after this. */
static enum attempt check(struct claim *c, mode_t mode, struct failure *why)
{
	enum content content;
	enum attempt o = ATTEMPT_CLAIMED;
	struct evidence e;
	pid_t pid;

	if (c->alone && pidfile_is(c->dir, c->base, &c->file) != 1)
		return ATTEMPT_AGAIN;
	content = read_content(c, &pid);
	if (content == EMPTY_OR_PID && pid == 0) {
		c->file.size = 0;
	} else {
		if (sys_fstat(c->fd, &c->file) < 0)
			return ATTEMPT_AGAIN;
		evidence_judge_unlocked(&c->file, pid, &e);
		o = judge(c, content, pid, &e, why);
	}
	if (o == ATTEMPT_CLAIMED && pid != 0 && e.is_ending) {
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to take pid file ", c->path,
		                  ": its daemon has not ended yet");
		o = ATTEMPT_AGAIN;
	}
	if (o == ATTEMPT_CLAIMED && pid != 0 && e.is_unseen) {
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to take pid file ", c->path,
		                  ": the process that it names lives, and cannot be looked at"
		                  " without /proc");
		o = ATTEMPT_FAILED;
	}
	if (o == ATTEMPT_CLAIMED && mode != CLAIM_EXISTING && is_foreign(c) && claim_remove(c) == 0)
		o = ATTEMPT_AGAIN; /* the next attempt creates one that is ours */
	return o;
}

static enum attempt take_flock(struct claim *c, struct failure *why)
{
	enum attempt o = c->alone ? ATTEMPT_CLAIMED : open_twin(c, &c->flock_fd, why);
	int r = 0;

	c->is_taken = 0;
	if (o == ATTEMPT_CLAIMED && !c->alone)
		r = sys_flock(c->flock_fd, LOCK_EX | LOCK_NB);
	if (r == -EAGAIN) {
		o = refused(c, 1, why);
		c->is_taken = o == ATTEMPT_CLAIMED;
	} else if (r < 0) {
		c->alone = 1; /* NFS refuses it on a read-only descriptor */
	}
	return o;
}

/* ---- the attempt */

int attempt_must_wait(const struct claim *c)
{
	return !c->reserved && pidfile_evictor(c->dir, c->base);
}

/* The steps of the model: open, lock, look, check, share. */
enum attempt attempt(struct claim *c, mode_t mode, struct failure *why)
{
	enum attempt o = open_file(c, mode, why);

	if (o == ATTEMPT_CLAIMED)
		o = lock(c, mode, why);
	if (o == ATTEMPT_CLAIMED && attempt_must_wait(c))
		o = ATTEMPT_AGAIN;
	if (o == ATTEMPT_CLAIMED)
		o = take_flock(c, why);
	if (o == ATTEMPT_CLAIMED)
		o = check(c, mode, why);
	if (o == ATTEMPT_CLAIMED)
		o = open_twin(c, &c->lock_fd, why);
	if (o == ATTEMPT_CLAIMED && sys_lock(c->fd, F_RDLCK) < 0)
		o = ATTEMPT_AGAIN;
	return o;
}
