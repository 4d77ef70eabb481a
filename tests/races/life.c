/* SPDX-License-Identifier: MIT */
#include "life.h"

#include "base/error.h"
#include "board.h"
#include "pidfile/pidfile.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define WORK_NS 200000
#define WORK_LOOKS 4
#define NAP_NS 1000000

static struct fate *own_fate(void)
{
	return &board->fates[getpid()];
}

/* ---- holding */

/* No two hold the same file, nor two files where nobody takes them away. */
static void see_others(int slot, uint64_t inode)
{
	for (int i = 0; i < BOARD_STARTERS; i++) {
		uint64_t other = board->held[i];

		if (i != slot && other != 0 && (other == inode || !board->disturbed))
			board_complain(&board->doubles, "holds inode %lu, another holds %lu",
			               (unsigned long)inode, (unsigned long)other);
	}
}

/* Has the file that is held been taken away by the disturber? That it has been
 * by anybody else must not be. */
static int is_taken(const struct pidfile *p)
{
	struct sys_stat open_file, named;

	while (sys_fstat(p->lock_fd, &open_file) == 0 && open_file.nlink != 0) {
		if (sys_stat(AT_FDCWD, BOARD_PIDFILE, AT_SYMLINK_NOFOLLOW, &named) == 0 &&
		    sys_same(&named, &open_file))
			return 0;
		(void)sched_yield(); /* removed since, or renamed and about to be */
	}
	if (board_lost(p->lock_fd) < 0)
		board_complain(&board->unlinked, "holds an unlinked file, inode %lu",
		               (unsigned long)p->file.ino);
	return 1;
}

static void see_text(const struct pidfile *p)
{
	char wanted[24], text[24];
	int len = snprintf(wanted, sizeof wanted, "%d\n", (int)getpid());
	ssize_t n = pread(p->lock_fd, text, sizeof text, 0);

	if (n != len || memcmp(text, wanted, (size_t)len) != 0)
		board_complain(&board->faults, "its file says something else");
}

/* Some programs lose a lock: by closefrom, or by an exec. The other is enough;
 * but an overlay keeps only one. */
static void lose_one(const struct pidfile *p)
{
	const unsigned which = board_random(8);
	struct statfs where;

	if (fstatfs(p->lock_fd, &where) < 0 || where.f_type == OVERLAYFS_SUPER_MAGIC)
		return;
	if (which == 0)
		(void)close(dup(p->lock_fd));
	if (which == 1)
		(void)munmap(p->mapped, PIDFILE_MAPPED);
}

static void work(const struct pidfile *p)
{
	const unsigned looks = 1 + board_random(WORK_LOOKS);
	int taken = 0;

	lose_one(p);
	for (unsigned i = 0; i < looks && !taken; i++) {
		const struct timespec nap = { .tv_nsec = board_random(WORK_NS / WORK_LOOKS) };

		taken = is_taken(p);
		see_text(p);
		(void)nanosleep(&nap, NULL);
	}
	board->taken += taken || is_taken(p);
	see_text(p);
}

/* The locks go with the process, not before. */
static void end(struct pidfile *p, int slot)
{
	const unsigned how = board_random(10);
	struct sys_stat left;

	own_fate()->phase = how < 6 ? PHASE_RELEASED : PHASE_DYING;
	board->held[slot] = 0;
	if (how < 6) {
		pidfile_release(p, BOARD_PIDFILE);
		if (sys_fstat(p->lock_fd, &left) == 0 && left.nlink != 0 && !board->disturbed)
			board_complain(&board->faults, "has not removed its file");
	} else if (how < 8) {
		(void)raise(SIGKILL);
	}
	_exit(0);
}

/* takings: how many there had been before it went for the locks. */
static void hold(struct pidfile *p, int slot, int contended, long takings)
{
	const long lost = board_lost(p->lock_fd);
	struct fate *fate = own_fate();
	struct failure why;

	board->held[slot] = p->file.ino;
	see_others(slot, p->file.ino);
	if (lost >= 0 && lost < takings)
		board_complain(&board->faults, "has locked a file that had no name");
	fate->held_ns = board_now();
	fate->phase = PHASE_HOLDING;
	board->contended += contended;
	if (++board->acquisitions >= board->wanted)
		board->over = 1;
	if (pidfile_write(p, BOARD_PIDFILE, &why) < 0)
		board_complain(&board->faults, "%s", why.text);
	work(p);
	see_others(slot, p->file.ino);
	end(p, slot);
}

/* ---- trying */

/* As clean_up() does: a file that it has created is not to stay. */
static void give_up(struct pidfile *p)
{
	pidfile_close(p);
	if (p->created)
		(void)pidfile_discard(BOARD_PIDFILE, &p->file);
}

/* Is it true, what a starter is told? */
static void see_refusal(const struct failure *why, uint64_t began)
{
	static const char running[] = "already running as pid ";
	pid_t pid;

	board->refused++;
	if (why->status != STATUS_TEMPFAIL ||
	    strncmp(why->text, running, sizeof running - 1) != 0) {
		board_complain(&board->faults, "status %d: %s", why->status, why->text);
		return;
	}
	pid = atoi(why->text + sizeof running - 1);
	if (!board_held(pid, began))
		board_complain(&board->faults, "%s: it does not", why->text);
}

/* Once; returns only if somebody else was there. contended: it has been so before. */
static void try(int slot, int contended)
{
	const uint64_t began = board_now();
	long takings;
	struct pidfile p;
	struct failure why;
	pid_t running;

	if (pidfile_open(&p, BOARD_PIDFILE, 0644, &why) < 0) {
		board_complain(&board->faults, "%s: %s", why.text, error_text(why.error));
		return;
	}
	running = pidfile_peek(&p);
	if (running > 0) {
		board->refused++;
		if (!board_held(running, began))
			board_complain(&board->faults, "peeked at %d, which does not run",
			               (int)running);
		give_up(&p);
		return;
	}
	takings = board->takings;
	switch (pidfile_lock(&p, BOARD_PIDFILE, &why)) {
	case 0:
		hold(&p, slot, contended, takings);
		break;
	case PIDFILE_GONE:
		board->gone++;
		pidfile_close(&p);
		break;
	default:
		see_refusal(&why, began);
		pidfile_release(&p, BOARD_PIDFILE);
		give_up(&p);
	}
}

void life(int slot)
{
	struct fate *fate = own_fate();
	int contended = 0;

	fate->ended_ns = 0;
	fate->phase = PHASE_TRYING;
	while (!board->over) {
		const struct timespec nap = { .tv_nsec = board_random(NAP_NS) };

		try(slot, contended);
		contended = 1;
		(void)nanosleep(&nap, NULL);
	}
	_exit(0);
}
