/* SPDX-License-Identifier: MIT */
#include "life.h"

#include "base/error.h"
#include "board.h"
#include "pidfile/claim.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORK_NS 200000
#define WORK_LOOKS 4
#define NAP_NS 1000000
#define MAPPED 4096 /* of pidfile.c */

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

/* Some programs lose a lock, by closefrom, or by an exec, or both. What is left
 * is enough, and be it the stamp alone. */
static int lose_some(const struct pidfile *p)
{
	const unsigned which = board_random(8);

	if (which == 0 || which == 2)
		(void)close(dup(p->lock_fd));
	if ((which == 1 || which == 2) && p->mapped != NULL)
		(void)munmap(p->mapped, MAPPED);
	return which < 3;
}

static int work(const struct pidfile *p)
{
	const unsigned looks = 1 + board_random(WORK_LOOKS);
	const int lost = lose_some(p);
	int taken = 0;

	for (unsigned i = 0; i < looks && !taken; i++) {
		const struct timespec nap = { .tv_nsec = board_random(WORK_NS / WORK_LOOKS) };

		taken = is_taken(p);
		see_text(p);
		(void)nanosleep(&nap, NULL);
	}
	board->taken += taken || is_taken(p);
	see_text(p);
	return lost;
}

/* The locks go with the process, not before. */
static void end(struct pidfile *p, int slot, int lost)
{
	const unsigned how = board_random(10);
	struct sys_stat left;

	own_fate()->phase = how < 6 ? PHASE_RELEASED : PHASE_DYING;
	board->held[slot] = 0;
	if (how < 6) {
		pidfile_release(p, BOARD_PIDFILE);
		if (sys_fstat(p->lock_fd, &left) == 0 && left.nlink != 0 && !lost &&
		    !board->disturbed) /* one that holds no lock gives way to a starter's */
			board_complain(&board->faults, "has not removed its file");
	} else if (how < 8) {
		(void)raise(SIGKILL);
	}
	_exit(0);
}

/* The daemon's life, in a child of the starter that has claimed the file for it.
 * takings: how many there had been before it went for the locks. */
static void hold(struct claim *c, int slot, int contended, long takings, const int *word)
{
	struct pidfile p = claim_for_daemon(c);
	const long lost_at = board_lost(p.lock_fd);
	struct failure why;
	char go;
	int lost;

	sys_close(c->fd); /* the starter's lock is not ours, nor lost by this */
	if (pidfile_keep(&p, BOARD_PIDFILE, &why) < 0)
		board_complain(&board->faults, "%s", why.text);
	/* the starter lets go of its own lock only now; and main begins */
	if (write(word[1], "", 1) != 1 || read(word[1], &go, 1) != 1)
		_exit(0);
	board->held[slot] = p.file.ino;
	see_others(slot, p.file.ino);
	if (lost_at >= 0 && lost_at < takings)
		board_complain(&board->faults, "has locked a file that had no name");
	board->contended += contended;
	if (++board->acquisitions >= board->wanted)
		board->over = 1;
	lost = work(&p);
	see_others(slot, p.file.ino);
	end(&p, slot, lost);
}

/* As the launcher: starts the daemon, writes its pid, leaves it its locks. */
static void start(struct claim *c, int slot, int contended, long takings)
{
	struct failure why;
	int word[2], status;
	char kept;
	pid_t pid;

	own_fate()->phase = PHASE_NONE; /* a killed launcher's daemon is for races-kills */
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, word) < 0)
		abort();
	pid = fork();
	if (pid == 0) {
		board_seed(board_now());
		(void)close(word[0]);
		hold(c, slot, contended, takings, word);
	}
	(void)close(word[1]);
	board->fates[pid].ended_ns = 0;
	board->fates[pid].held_ns = board_now();
	board->fates[pid].phase = PHASE_HOLDING; /* from the moment that it is named */
	if (claim_write(c, pid, &why) < 0 || read(word[0], &kept, 1) != 1)
		board_complain(&board->faults, "%s", why.text);
	claim_end(c);
	(void)!write(word[0], "", 1);
	(void)board_wait(pid, &status);
	(void)close(word[0]);
	board->held[slot] = 0;
	own_fate()->phase = PHASE_TRYING;
	if (!WIFEXITED(status) && board->fates[pid].phase != PHASE_DYING)
		board_complain(&board->faults, "daemon %d ended, wait status %#x", (int)pid,
		               (unsigned)status);
}

/* ---- trying */

/* Is it true, what a starter is told? */
static void see_refusal(const struct failure *why, uint64_t began)
{
	static const char running[] = "already running as pid ";
	pid_t pid;

	board->refused++;
	if (board->disturbed && strstr(why->text, "something other than a pid") != NULL)
		return; /* what the disturber writes now and then */
	if (board->strangers > 0 && why->status == STATUS_CANTCREAT &&
	    strstr(why->text, "unable to lock pid file ") != NULL) {
		board->starved++;
		return;
	}
	if (why->status != STATUS_TEMPFAIL ||
	    strncmp(why->text, running, sizeof running - 1) != 0) {
		board_complain(&board->faults, "status %d: %s", why->status, why->text);
		return;
	}
	pid = atoi(why->text + sizeof running - 1);
	if (!board_held(pid, began))
		board_complain(&board->faults, "%s: it does not", why->text);
}

/* contended: it has been so before. Returns whether it was its turn. */
static int try(int slot, int contended)
{
	const uint64_t began = board_now();
	const long takings = board->takings;
	struct claim c;
	struct failure why;

	if (claim_take(&c, BOARD_PIDFILE, 0644, &why) < 0) {
		see_refusal(&why, began);
		return 0;
	}
	start(&c, slot, contended, takings);
	return 1;
}

void life(int slot)
{
	struct fate *fate = own_fate();
	int contended = 0;

	fate->ended_ns = 0;
	fate->phase = PHASE_TRYING;
	while (!board->over) {
		const struct timespec nap = { .tv_nsec = board_random(NAP_NS) };

		contended = !try(slot, contended);
		(void)nanosleep(&nap, NULL);
	}
	_exit(0);
}
