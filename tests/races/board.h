/* SPDX-License-Identifier: MIT */
/* board - what the processes of locks.c write down for each other, in shared
 * memory and without locks: it must be right where the locks under test fail. */
#ifndef RACES_BOARD_H
#define RACES_BOARD_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define BOARD_PIDFILE "d.pid" /* in the current directory */
#define BOARD_STARTERS 64
#define BOARD_PIDS 4194305
#define BOARD_STATES 6
#define BOARD_LOST 65536

enum phase {
	PHASE_NONE, /* not of the starters */
	PHASE_TRYING,
	PHASE_HOLDING,  /* both locks, as it was told */
	PHASE_RELEASED, /* and is about to remove its file */
	PHASE_DYING,    /* and is about to end without */
};

/* What has become of a process, by its pid. */
struct fate {
	_Atomic unsigned char phase;
	_Atomic uint64_t held_ns;  /* since when it holds; of board_now */
	_Atomic uint64_t ended_ns; /* when it had been waited for, 0: not yet */
};

struct board {
	long wanted;   /* acquisitions */
	int disturbed; /* somebody takes the file away who knows of no lock */
	int strangers; /* so many lock it who may only read it */
	int kills;     /* starters are killed, wherever they are */
	atomic_int over;

	atomic_long acquisitions, contended, refused, gone, discarded;
	atomic_long evictions, killed;
	atomic_long starved; /* starters who got no turn for a whole second */
	/* what must not be */
	atomic_long doubles;  /* found another holder of the same file */
	atomic_long unlinked; /* held a file that a starter or dsig had removed */
	atomic_long faults;   /* anything else */
	/* what is so with a disturber */
	atomic_long taken; /* holders whose file it had taken */
	atomic_long late;  /* files removed that were there only since the check */

	atomic_long looks[BOARD_STATES]; /* of readers, by enum pidfile_state */

	/* With a disturber, who holds it takes the pid file's name from a file,
	 * and nobody else does then. */
	atomic_flag naming;
	/* How many files have lost their name against the locks, and which the
	 * last of them were. */
	atomic_long takings;
	_Atomic uint64_t lost[BOARD_LOST];

	/* the inode that each starter holds, 0: none */
	_Atomic uint64_t held[BOARD_STARTERS];
	struct fate fates[BOARD_PIDS];
};

extern struct board *board;

/* Makes the board; every process that is forked later has the same. 0, or -1
 * with errno. */
int board_make(void);

/* Nanoseconds of a clock that all of them share. */
uint64_t board_now(void);

/* Counts something that must not be, and says on standard error what it was,
 * unless a lot has been said already. */
void board_complain(atomic_long *counter, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* waitpid(2), and writes down when it ended: before the number is free, for the
 * next process that has it may hold the file at once. pid -1: any child. */
pid_t board_wait(pid_t pid, int *status);

/* Is it true that pid held the file at some time after since? */
int board_held(pid_t pid, uint64_t since);

void board_naming_begin(void);
void board_naming_end(void);

/* Before the last link of the file called name is removed: says that this is
 * done against the locks. And which in board->takings was that of the file
 * behind fd? -1: none; a number to come: it cannot be known here. */
void board_lose(const char *name);
long board_lost(int fd);

/* A number below limit, from a sequence of this process's own. */
unsigned board_random(unsigned limit);
void board_seed(uint64_t seed);

#endif
