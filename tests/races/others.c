/* SPDX-License-Identifier: MIT */
#include "others.h"

#include "board.h"
#include "pidfile/claim.h"
#include "pidfile/inspect.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NAP_NS 300000

static void nap(void)
{
	const struct timespec time = { .tv_nsec = board_random(NAP_NS) };

	(void)nanosleep(&time, NULL);
}

/* ---- readers */

/* Is this of a daemon that had both locks when the look began, and has not
 * given them back? */
static int holds_since(pid_t pid, uint64_t began)
{
	return board->fates[pid].phase == PHASE_HOLDING && board->fates[pid].held_ns < began;
}

/* Can it have been so at some time since the look began? */
static int is_true(const struct pidfile_view *v, uint64_t began)
{
	switch (v->state) {
	case PIDFILE_RUNNING:
		return board_held(v->pid, began);
	case PIDFILE_STALE:
		/* without a pid: created, and not locked yet */
		return v->pid == 0 || !holds_since(v->pid, began);
	case PIDFILE_UNLOCKED:
		return 0; /* nobody here loses a lock */
	default:
		return 1;
	}
}

void others_read(void)
{
	struct pidfile_view v;

	while (!board->over) {
		const uint64_t began = board_now();

		pidfile_inspect(BOARD_PIDFILE, &v);
		board->looks[v.state]++;
		if (!is_true(&v, began))
			board_complain(&board->faults, "reads %s, pid %d (phase %d): %s",
			               pidfile_state_name(v.state), (int)v.pid,
			               board->fates[v.pid].phase, v.why);
		sys_close(v.pidfd);
		nap();
	}
	_exit(0);
}

/* As dsig does. */
static void discard(const struct pidfile_view *v)
{
	struct claim c;
	struct failure why;

	if (claim_take(&c, BOARD_PIDFILE, CLAIM_EXISTING, &why) < 0)
		return;
	if (sys_same(&c.file, &v->file) && claim_remove(&c) == 0)
		board->discarded++;
	claim_end(&c);
}

void others_discard(void)
{
	struct pidfile_view v;

	while (!board->over) {
		pidfile_inspect(BOARD_PIDFILE, &v);
		sys_close(v.pidfd);
		if (v.state != PIDFILE_STALE)
			nap();
		else
			discard(&v);
	}
	_exit(0);
}

/* ---- against the locks */

/* The file has been renamed to name, and goes. */
static void drop(const char *name)
{
	board_lose(name);
	(void)unlinkat(AT_FDCWD, name, 0);
}

static void take(const char *name)
{
	if (rename(BOARD_PIDFILE, name) == 0)
		drop(name);
}

/* Puts the file name there; musl has no renameat2. */
static int put(const char *name, unsigned flags)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, name, AT_FDCWD, BOARD_PIDFILE, flags);
}

/* Another file is there at once. */
static void replace(const char *name)
{
	static const char *const texts[] = { "", "4194304\n", "not a number\n" };
	const char *text = texts[board_random(sizeof texts / sizeof *texts)];
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	(void)!write(fd, text, strlen(text));
	(void)close(fd);
	if (put(name, RENAME_NOREPLACE) == 0)
		return;
	(void)put(name, RENAME_EXCHANGE); /* name is the other file now */
	drop(name);
}

void others_disturb(void)
{
	char name[32];

	(void)snprintf(name, sizeof name, "taken.%d", (int)getpid());
	while (!board->over) {
		nap();
		board_naming_begin();
		if (board_random(2) == 0)
			take(name);
		else
			replace(name);
		board_naming_end();
	}
	_exit(0);
}

/* ---- strangers */

#define STRANGER 65534
#define FILES 4

/* Keeps files open that were evicted long ago, too. */
static void lock_one(int *fd)
{
	struct flock record = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	const unsigned what = board_random(8);

	if (*fd < 0 || what == 0) {
		(void)close(*fd);
		*fd = open(BOARD_PIDFILE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	} else if (what < 4) {
		record.l_type = what < 3 ? F_RDLCK : F_UNLCK;
		(void)fcntl(*fd, F_SETLK, &record);
	} else {
		(void)flock(*fd, (what < 7 ? LOCK_EX : LOCK_UN) | LOCK_NB);
	}
}

void others_lock(void)
{
	int fds[FILES] = { -1, -1, -1, -1 };

	if (setresgid(STRANGER, STRANGER, STRANGER) < 0 ||
	    setresuid(STRANGER, STRANGER, STRANGER) < 0)
		abort();
	while (!board->over) {
		lock_one(&fds[board_random(FILES)]);
		if (board_random(2) == 0)
			nap();
	}
	_exit(0);
}
