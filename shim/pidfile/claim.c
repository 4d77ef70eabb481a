/* SPDX-License-Identifier: MIT */
#include "pidfile/claim.h"

#include "base/path.h"
#include "base/process.h"
#include "base/text.h"
#include "pidfile/evict.h"
#include "pidfile/evidence.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>

#define WAIT_MS 1000
#define NAP_MS 2
#define OPEN (O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

#define NEW 2 /* of created: in this attempt */

/* What comes of one attempt. */
enum outcome { CLAIMED, AGAIN, FAILED };

static enum outcome fail(struct claim *c, int error, struct failure *why)
{
	const char *link = c->dir < 0 ? ": behind a symbolic link that others could have made"
	                              : ": is a symbolic link";

	(void)failure_set(why, STATUS_CANTCREAT, error == ELOOP ? 0 : error,
	                  "unable to open pid file ", c->path, error == ELOOP ? link : "");
	return FAILED;
}

static enum outcome already_running(struct claim *c, pid_t pid, struct failure *why)
{
	char number[24];

	(void)failure_set(why, STATUS_TEMPFAIL, 0, "already running as pid ",
	                  text_decimal(number, pid), " (", c->path, ")");
	return FAILED;
}

static void close_files(struct claim *c)
{
	sys_close(c->lock_fd);
	sys_close(c->flock_fd);
	sys_close(c->fd);
	c->lock_fd = c->flock_fd = c->fd = -1;
}

/* ---- open */

/* O_EXCL first, to know whether the file is ours. And no O_CREAT for one that
 * exists, which fs.protected_regular refuses in /tmp. */
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
	r = sys_fchmod(fd, mode);
	if (r < 0 && r != -EPERM && r != -EOPNOTSUPP) { /* these have no modes */
		(void)sys_unlinkat(c->dir, c->base, 0);
		sys_close(fd);
		return r;
	}
	return fd;
}

static enum outcome open_file(struct claim *c, mode_t mode, struct failure *why)
{
	struct sys_stat dir, before = c->file;
	int r;

	c->fd = sys_raise(open_or_create(c, mode));
	if (c->fd == -ENOENT && mode != CLAIM_EXISTING)
		return AGAIN; /* unlinked between the two */
	r = c->fd < 0 ? c->fd : sys_fstat(c->fd, &c->file);
	if (r == 0)
		r = sys_fstat(c->dir, &dir);
	if (r < 0)
		return fail(c, -r, why);
	/* what an earlier attempt has created may be another's by now */
	if (c->created != NEW && !sys_same(&before, &c->file))
		c->created = 0;
	c->created = c->created != 0;
	if (!S_ISREG(c->file.mode)) {
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to open pid file ", c->path,
		                  ": not a regular file");
		return FAILED;
	}
	return path_planted(&dir, &c->file) ? fail(c, EACCES, why) : CLAIMED;
}

/* Another descriptor of the same file. HAZARD: we have locked the file by now, so
 * this one must not be closed by itself, nor moved to a higher number. */
static enum outcome open_twin(struct claim *c, int *fd, struct failure *why)
{
	struct sys_stat twin;
	int r;

	*fd = sys_openat(c->dir, c->base, O_RDONLY | OPEN, 0);
	r = *fd < 0 ? *fd : sys_fstat(*fd, &twin);
	if (r == -ENOENT || (r == 0 && !sys_same(&twin, &c->file)))
		return AGAIN;
	return r < 0 ? fail(c, -r, why) : CLAIMED;
}

/* ---- what is in the way */

/* Describes who holds a lock, for when the wait is over. */
static void describe_holder(struct claim *c, const struct evidence *e, struct failure *why)
{
	const pid_t holders[] = { e->record.holder, e->flock.holder, e->record.stranger,
		                  e->flock.stranger };
	char pid[24], uid[24];
	uid_t real, effective;
	unsigned i = 0;

	while (i < 3 && holders[i] == 0)
		i++;
	if (holders[i] > 0 && process_owner(holders[i], &real, &effective) == 0)
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to lock pid file ", c->path,
		                  ": it is locked by pid ", text_decimal(pid, holders[i]),
		                  " of uid ", text_decimal(uid, real),
		                  ", which is not the daemon that it names");
	else
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to lock pid file ", c->path,
		                  ": it is locked by a process that cannot be seen from here");
}

/* The record lock is refused: is it a daemon's, somebody's whom we wait for, or
 * only a stranger's, whose file is replaced? */
static enum outcome refused(struct claim *c, mode_t mode, struct failure *why)
{
	pid_t pid = pidfile_read(c->fd);
	struct evidence e;

	if (sys_fstat(c->fd, &c->file) < 0 || pidfile_is(c->dir, c->base, &c->file) == 0)
		return AGAIN;
	evidence_judge(c->fd, &c->file, pid, &e);
	if (e.kind != EVIDENCE_NONE)
		return already_running(c, pid, why);
	describe_holder(c, &e, why);
	if (e.record.holder != 0 || e.record.stranger == 0)
		return AGAIN;
	switch (evict(c, mode == CLAIM_EXISTING ? c->file.mode & 07777 : mode)) {
	case EVICTED:
		return CLAIMED;
	case EVICT_AGAIN:
		return AGAIN;
	default:
		return FAILED;
	}
}

/* ---- lock, check */

static enum outcome lock(struct claim *c, mode_t mode, struct failure *why)
{
	int r = sys_lock(c->fd, F_WRLCK);

	if (r == 0 || r == -EINTR)
		return r == 0 ? CLAIMED : AGAIN;
	if (r == -EAGAIN || r == -EACCES)
		return refused(c, mode, why);
	(void)failure_set(why, STATUS_CANTCREAT, -r, "unable to lock pid file ", c->path);
	return FAILED;
}

static enum outcome check(struct claim *c, struct failure *why)
{
	struct evidence e;
	pid_t pid;

	if (sys_fstat(c->fd, &c->file) < 0 || pidfile_is(c->dir, c->base, &c->file) != 1)
		return AGAIN;
	pid = pidfile_read(c->fd);
	if (pid < 0) {
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to use ", c->path,
		                  " as a pid file: it holds something else than a pid");
		return FAILED;
	}
	evidence_judge(c->fd, &c->file, pid, &e);
	if (e.kind != EVIDENCE_NONE)
		return already_running(c, pid, why);
	return e.is_ending ? AGAIN : CLAIMED;
}

/* ---- flock */

/* Where flock(2) is a record lock underneath (NFS, 9p), it meets our own. So it
 * is tried without that, and if it is to be had then, the record lock stands
 * alone from the next attempt on. */
static void try_apart(struct claim *c)
{
	(void)sys_lock(c->fd, F_UNLCK);
	if (sys_flock(c->flock_fd, LOCK_EX | LOCK_NB) == 0)
		c->alone = 1;
}

static enum outcome take_flock(struct claim *c, struct failure *why)
{
	enum outcome o = c->alone ? CLAIMED : open_twin(c, &c->flock_fd, why);
	struct evidence e;

	if (o != CLAIMED || c->alone || sys_flock(c->flock_fd, LOCK_EX | LOCK_NB) == 0)
		return o;
	evidence_judge(c->fd, &c->file, 0, &e);
	if (e.flock.holder == 0 && e.flock.stranger != 0) {
		c->is_taken = 1; /* a stranger's: we do without */
		return CLAIMED;
	}
	describe_holder(c, &e, why);
	if (e.flock.holder == LOCKS_UNSEEN)
		try_apart(c);
	return AGAIN;
}

/* ---- all */

static int evictor(const struct claim *c)
{
	return !c->reserved && pidfile_evictor(c->dir, c->base);
}

static enum outcome attempt(struct claim *c, mode_t mode, struct failure *why)
{
	enum outcome o = open_file(c, mode, why);

	if (o == CLAIMED)
		o = lock(c, mode, why);
	if (o == CLAIMED && evictor(c)) /* look */
		o = AGAIN;
	if (o == CLAIMED)
		o = check(c, why);
	if (o == CLAIMED)
		o = take_flock(c, why);
	if (o == CLAIMED)
		o = open_twin(c, &c->lock_fd, why);
	if (o == CLAIMED && sys_lock(c->fd, F_RDLCK) < 0)
		o = AGAIN;
	return o;
}

/* What we have created and cannot use goes again, unless another starter has
 * it by now. */
static void uncreate(struct claim *c)
{
	if (c->created && c->fd >= 0 && sys_lock(c->fd, F_WRLCK) == 0 && !evictor(c) &&
	    pidfile_read(c->fd) == 0)
		(void)claim_remove(c);
}

static int take(struct claim *c, const char *path, mode_t mode, struct failure *why)
{
	enum outcome o;

	c->path = path;
	c->dir = path_parent(path, &c->base);
	if (c->dir < 0) {
		(void)fail(c, -c->dir, why);
		return -1;
	}
	c->dir = sys_raise(c->dir);
	for (int waited = 0; waited <= WAIT_MS; waited += NAP_MS) {
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to lock pid file ", path,
		                  ": it is replaced all the time");
		o = attempt(c, mode, why);
		if (o == CLAIMED) {
			(void)failure_set(why, STATUS_OK, 0, "");
			return 0;
		}
		if (o == FAILED)
			break;
		close_files(c);
		(void)sys_poll(NULL, 0, NAP_MS);
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

int claim_is_held_by(const struct claim *c, pid_t pid)
{
	struct locks record, flock;

	locks_look(c->fd, &c->file, pid, &record, &flock);
	return record.holder == pid || record.stranger == pid;
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

/* A file system that keeps another time than it was given, or none to the
 * nanosecond, can have no stamp: then the time is that of a writer again. */
static void stamp(const struct claim *c, pid_t pid)
{
	struct process_stat stat;
	struct sys_stat now;

	if (process_stat(pid, &stat) < 0)
		return;
	if (sys_set_mtime(c->fd, evidence_stamp(sys_clock(CLOCK_REALTIME), stat.start_ticks)) < 0 ||
	    sys_fstat(c->fd, &now) < 0)
		return;
	if (evidence_is_stamped(&now) && !evidence_fits(&now, stat.start_ticks))
		(void)sys_set_mtime(c->fd, sys_clock(CLOCK_REALTIME));
}

int claim_write(struct claim *c, pid_t pid, struct failure *why)
{
	char line[24];
	struct sys_stat before;
	struct text t;
	ssize_t len, n = -EFBIG; /* which would come with a signal that kills */

	text_begin(&t, line, sizeof line);
	text_num(&t, pid);
	text_str(&t, "\n");
	len = t.at - t.start;
	/* Emptied first: the size grows when the bytes are in place, so a
	 * reader sees nothing or all of it. A new file needs no truncating,
	 * which costs as much as writing. */
	if (sys_file_size_limit() >= (uint64_t)len)
		n = sys_fstat(c->fd, &before) == 0 && before.size == 0
		            ? 0
		            : sys_truncate_to_nothing(c->fd);
	if (n == 0)
		do
			n = sys_pwrite(c->fd, line, (size_t)len, 0);
		while (n == -EINTR);
	if (n == len) {
		c->written = 1;
		stamp(c, pid);
		return 0;
	}
	(void)failure_set(why, STATUS_CANTCREAT, n >= 0 ? ENOSPC : (int)-n,
	                  "unable to write pid file ", c->path);
	(void)sys_truncate_to_nothing(c->fd);
	return -1;
}
