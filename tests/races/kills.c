/* SPDX-License-Identifier: MIT */
/* kills [-n KILLS] [-o SCENE] LIBRARY DSTART DSIG TARGET STATIC-TARGET
 *
 * Starts daemons, and sends SIGKILL to the launcher, the middle process or the
 * daemon at a random moment. Then either a complete daemon is there or nothing
 * is; a launcher that lived has told the truth; a pid file is left only where
 * nobody was alive to remove it, is stale to dsig and no obstacle to the next
 * start. Works in a directory of its own in TMPDIR. Start reading here, then
 * verdict.c. */
#include "scene.h"
#include "start.h"
#include "verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEASURED 15
#define FOLLOWED 8 /* every how many trials a start must follow where no file is left */
#define FAILURES_SHOWN 20

struct tally {
	long tried;
	long outcomes[OUTCOMES];
	long statuses[256]; /* of launchers that lived */
};

static const char *const role_names[] = { "launcher", "middle", "daemon", "nobody" };
static struct tally tallies[ROLES + 1];
static const char *dsig;
static long failed;

static void fail(const struct scene *scene, const char *what, const char *text)
{
	if (failed++ < FAILURES_SHOWN)
		printf("%s, %s: %s\n", scene->name, what, text);
	(void)fflush(stdout);
}

/* ---- the next start */

/* Without a kill; the file is as it was left. */
static void follow(const struct scene *scene)
{
	struct start s;
	char text[1024];

	start_begin(&s, scene);
	start_settle(&s);
	(void)verdict(&s, BEFORE_EMPTY, ROLES, 0, text, sizeof text);
	if (s.daemon == 0)
		(void)snprintf(text, sizeof text, "status %d", WEXITSTATUS(s.wait_status));
	if (s.daemon != 0 && start_end(&s, SIGTERM) == 0)
		verdict_end(scene);
	if (text[0] != '\0')
		fail(scene, "the next start", text);
}

static void see_stale(const struct scene *scene)
{
	const char *const argv[] = { dsig, "-q", "status", "./" SCENE_PIDFILE, NULL };
	char *const envp[] = { NULL };
	int status = -1;
	pid_t pid;

	if (posix_spawn(&pid, dsig, NULL, NULL, (char *const *)argv, envp) == 0)
		(void)waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
		fail(scene, "dsig status", "the file that is left is not stale");
}

/* ---- a kill */

/* One of those that are there. */
static enum role choose(const pid_t found[ROLES])
{
	enum role there[ROLES] = { ROLES };
	int count = 0;

	for (int role = 0; role < ROLES; role++)
		if (found[role] != 0)
			there[count++] = (enum role)role;
	return there[count > 0 ? random() % count : 0];
}

static void sleep_ns(uint64_t ns)
{
	const struct timespec time = { .tv_sec = (time_t)(ns / 1000000000),
		                       .tv_nsec = (long)(ns % 1000000000) };

	(void)nanosleep(&time, NULL);
}

static void count(const struct start *s, enum role role, enum outcome outcome)
{
	struct tally *t = &tallies[role];

	t->tried++;
	t->outcomes[outcome]++;
	if (WIFEXITED(s->wait_status))
		t->statuses[WEXITSTATUS(s->wait_status)]++;
}

static void describe(char *what, size_t size, enum role role, uint64_t delay, enum before before)
{
	(void)snprintf(what, size, "%s killed after %lu us, pid file before: %d", role_names[role],
	               (unsigned long)(delay / 1000), (int)before);
}

static void try(const struct scene *scene, uint64_t window, long number)
{
	const uint64_t delay = (uint64_t)((double)random() / RAND_MAX * (double)window);
	const enum before before = (enum before)(random() % BEFORES);
	struct start s;
	pid_t found[ROLES];
	enum role role;
	enum outcome outcome;
	char text[1024], what[128];

	verdict_prepare(before);
	start_begin(&s, scene);
	sleep_ns(delay);
	start_find(&s, found);
	role = choose(found);
	if (role != ROLES && kill(found[role], SIGKILL) == 0)
		s.killed = found[role];
	start_settle(&s);
	outcome = verdict(&s, before, role, found[ROLE_DAEMON] != 0 && role != ROLE_DAEMON, text,
	                  sizeof text);
	count(&s, role, outcome);
	if (s.daemon != 0 && start_end(&s, SIGTERM) == 0)
		verdict_end(scene);
	describe(what, sizeof what, role, delay, before);
	if (text[0] != '\0')
		fail(scene, what, text);
	if (outcome == OUTCOME_FILE || outcome == OUTCOME_AS_WAS)
		see_stale(scene);
	if (outcome == OUTCOME_FILE || number % FOLLOWED == 0)
		follow(scene);
}

/* ---- all */

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A little more than a start takes, in nanoseconds. */
static uint64_t measure(const struct scene *scene)
{
	uint64_t took[MEASURED];

	for (int i = 0; i < MEASURED; i++) {
		struct start s;

		verdict_prepare(BEFORE_ABSENT);
		start_begin(&s, scene);
		start_settle(&s);
		took[i] = s.took_ns;
		(void)start_end(&s, SIGTERM);
	}
	qsort(took, MEASURED, sizeof *took, by_size);
	return took[MEASURED / 2] * 13 / 10;
}

static void report(double seconds)
{
	long kills = 0;

	for (int role = 0; role <= ROLES; role++) {
		const struct tally *t = &tallies[role];

		kills += role < ROLES ? t->tried : 0;
		printf("%s killed: %ld; left: a daemon %ld, nothing %ld, the file of before %ld, "
		       "a stale file %ld; answers:",
		       role_names[role], t->tried, t->outcomes[OUTCOME_DAEMON],
		       t->outcomes[OUTCOME_NOTHING], t->outcomes[OUTCOME_AS_WAS],
		       t->outcomes[OUTCOME_FILE]);
		for (int status = 0; status < 256; status++)
			if (t->statuses[status] > 0)
				printf(" %d: %ld", status, t->statuses[status]);
		printf("\n");
	}
	printf("%ld kills, %ld failed, %.1f seconds\n", kills, failed, seconds);
}

static void run(const struct scene *scenes, int scene_count, long wanted)
{
	uint64_t windows[SCENES] = { 0 };
	long tried = 0;

	for (int i = 0; i < scene_count; i++)
		windows[i] = measure(&scenes[i]);
	while (tried - tallies[ROLES].tried < wanted) {
		try(&scenes[tried % scene_count], windows[tried % scene_count], tried);
		tried++;
	}
}

static int usage(void)
{
	fputs("usage: kills [-n KILLS] [-o SCENE] LIBRARY DSTART DSIG TARGET STATIC-TARGET\n",
	      stderr);
	return 64;
}

int main(int argc, char **argv)
{
	static struct scene scenes[SCENES];
	const char *tmp = getenv("TMPDIR"), *only = NULL;
	char dir[4096];
	uint64_t began = start_now();
	long wanted = 10000;
	int c, first = 0, scene_count;

	while ((c = getopt(argc, argv, "n:o:")) != -1)
		if (c == 'n')
			wanted = atol(optarg);
		else if (c == 'o')
			only = optarg;
		else
			return usage();
	if (argc - optind != 5)
		return usage();
	scene_count = scene_list(scenes, argv + optind);
	dsig = argv[optind + 2];
	while (only != NULL && first < scene_count && strcmp(scenes[first].name, only) != 0)
		first++;
	if (first == scene_count)
		return usage();
	(void)snprintf(dir, sizeof dir, "%s/kills.XXXXXX", tmp != NULL ? tmp : "/tmp");
	/* orphans are ours, so that we see them end */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || mkdtemp(dir) == NULL || chdir(dir) < 0) {
		perror(dir);
		return 2;
	}
	(void)prctl(PR_SET_TIMERSLACK, 1);
	srandom((unsigned)began);
	run(scenes + first, only != NULL ? 1 : scene_count, wanted);
	report((double)(start_now() - began) / 1e9);
	verdict_prepare(BEFORE_ABSENT);
	(void)unlink(START_OUTPUT);
	(void)unlink(START_MAINS);
	(void)rmdir(dir);
	return failed > 0;
}
