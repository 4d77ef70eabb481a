/* SPDX-License-Identifier: MIT */
/* locks [-xk] [-n ACQUISITIONS] [-s STARTERS] [-r READERS] [-d DISCARDERS] [-u STRANGERS]
 *
 * Many starters at one pid file, by the very functions of the daemon, until it
 * has been held so many times: never by two, and no holder's file is removed.
 * Some daemons end without removing it, some are killed; readers look and dsig
 * removes what is stale all the time. With -x somebody takes the file away or
 * replaces it, and obeys no lock. What can be promised then: no file has two
 * holders, and no holder loses its file to anybody but the one who does that
 * (or to the one system call between a check of the name and its removal).
 * With -u others lock it who may only read it, and are evicted (needs root);
 * with -k starters and evictors are killed, wherever they are.
 *
 * Works in a directory of its own in TMPDIR. Start reading here, then life.c. */
#include "board.h"
#include "life.h"
#include "others.h"
#include "pidfile/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STALL_S 60

struct crew {
	int starters, readers, discarders;
	pid_t pids[2 * BOARD_STARTERS];
	int count;
};

static struct crew crew = { .starters = 16, .readers = 2, .discarders = 1 };
static long seen; /* acquisitions, at the last alarm */

static void begin(int place)
{
	static uint64_t births;
	const uint64_t seed = board_now() + ++births;
	const pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0) {
		board_complain(&board->faults, "fork: %s", strerror(errno));
		board->over = 1;
	}
	crew.pids[place] = pid;
	if (pid != 0)
		return;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	board_seed(seed);
	if (place < crew.starters)
		life(place);
	if (place < crew.starters + crew.readers)
		others_read();
	if (place < crew.starters + crew.readers + crew.discarders)
		others_discard();
	if (place < crew.count - board->disturbed)
		others_lock();
	others_disturb();
}

static int place_of(pid_t pid)
{
	for (int i = 0; i < crew.count; i++)
		if (crew.pids[i] == pid)
			return i;
	return -1;
}

static void on_alarm(int sig)
{
	(void)sig;
	if (board->acquisitions == seen) {
		board_complain(&board->faults, "nothing happens");
		for (int i = 0; i < crew.count; i++)
			if (crew.pids[i] > 0)
				(void)kill(crew.pids[i], SIGKILL);
		board->over = 1;
	}
	seen = board->acquisitions;
	(void)alarm(STALL_S);
}

static void see_end(pid_t pid, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL ||
	    board->fates[pid].phase != PHASE_DYING)
		board_complain(&board->faults, "process %d ended, wait status %#x", (int)pid,
		               (unsigned)status);
}

static void run(void)
{
	int status;
	pid_t pid;

	(void)signal(SIGALRM, on_alarm);
	(void)alarm(STALL_S);
	for (int i = 0; i < crew.count; i++)
		begin(i);
	while ((pid = board_wait(-1, &status)) > 0 || errno == EINTR) {
		const int place = pid > 0 ? place_of(pid) : -1;

		if (place < 0)
			continue;
		see_end(pid, status);
		crew.pids[place] = 0;
		if (!board->over && place < crew.starters)
			begin(place);
	}
}

static int report(uint64_t began)
{
	printf("%ld acquisitions (%ld contended, %ld refused, %ld times gone, %ld discarded)%s: "
	       "%ld double holders, %ld holders of an unlinked file, %ld other faults, "
	       "%.1f seconds\n",
	       board->acquisitions, board->contended, board->refused, board->gone, board->discarded,
	       board->disturbed ? ", disturbed" : "", board->doubles, board->unlinked,
	       board->faults, (double)(board_now() - began) / 1e9);
	printf("readers saw:");
	for (int i = 0; i < BOARD_STATES; i++)
		printf(" %ld %s", board->looks[i], pidfile_state_name((enum pidfile_state)i));
	printf("\n");
	if (board->strangers > 0 || board->kills)
		printf("%d strangers: %ld evictions, %ld starters killed, %ld without a turn\n",
		       board->strangers, board->evictions, board->killed, board->starved);
	if (board->disturbed)
		printf("taken from %ld holders, %ld removed between check and removal\n",
		       board->taken, board->late);
	return board->doubles + board->unlinked + board->faults > 0;
}

static int usage(void)
{
	fputs("usage: locks [-xk] [-n ACQUISITIONS] [-s STARTERS] [-r READERS] [-d DISCARDERS]"
	      " [-u STRANGERS]\n",
	      stderr);
	return 64;
}

static int read_options(int argc, char **argv)
{
	int c;

	board->wanted = 100000;
	while ((c = getopt(argc, argv, "xkn:s:r:d:u:")) != -1)
		switch (c) {
		case 'x':
			board->disturbed = 1;
			break;
		case 'n':
			board->wanted = atol(optarg);
			break;
		case 's':
			crew.starters = atoi(optarg);
			break;
		case 'r':
			crew.readers = atoi(optarg);
			break;
		case 'd':
			crew.discarders = atoi(optarg);
			break;
		case 'u':
			board->strangers = atoi(optarg);
			break;
		case 'k':
			board->kills = 1;
			break;
		default:
			return -1;
		}
	crew.count = crew.starters + crew.readers + crew.discarders + board->strangers +
	             board->disturbed;
	return argc == optind && crew.starters > 0 && crew.starters <= BOARD_STARTERS &&
	                       crew.count <= 2 * BOARD_STARTERS
	               ? 0
	               : -1;
}

int main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	char dir[4096];
	uint64_t began;
	int status;

	(void)snprintf(dir, sizeof dir, "%s/locks.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (board_make() < 0 || mkdtemp(dir) == NULL || chmod(dir, 0755) < 0 || chdir(dir) < 0) {
		perror(dir);
		return 2;
	}
	began = board_now();
	status = read_options(argc, argv) < 0 ? usage() : (run(), report(began));
	(void)unlinkat(AT_FDCWD, BOARD_PIDFILE, 0);
	(void)unlinkat(AT_FDCWD, "." BOARD_PIDFILE ".lock", 0); /* of evictors that were killed */
	(void)unlinkat(AT_FDCWD, "." BOARD_PIDFILE ".new", 0);
	(void)rmdir(dir);
	return status;
}
