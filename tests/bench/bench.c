/* SPDX-License-Identifier: MIT */
/* bench MODE ROUNDS DIRECTORY <LINES - runs the commands of the lines (see
 * spec.h) in turn, A B C A B C, and prints "LABEL,METRIC,n,q1,median,q3".
 *
 *   start  command starts the target: return, main (us from the command)
 *   many   the same, the targets stay until the end: main-first, main-last
 *   stop   setup starts the target, command ends it: return, gone (us)
 *   run    command alone, after each a daemon named in %p is killed: return
 *   faults command starts a target that ends by itself: faults, of all the
 *          processes that it took
 *
 * A command is spawned without a shell, its standard descriptors on
 * /dev/null. The target leaves its stamp in a mapped file, which is looked
 * at only once the command has returned. */
#include "child.h"
#include "series.h"
#include "spec.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct stamp {
	volatile int64_t began; /* CLOCK_MONOTONIC at main, ns; 0: not yet */
	volatile int64_t pid;
};

struct bench {
	const char *directory;
	char stamp_path[256];
	struct stamp *stamp;
	struct spec lines[SPEC_LINES];
	struct series first[SPEC_LINES], second[SPEC_LINES], pids[SPEC_LINES];
	unsigned count, rounds, runs;
};

typedef void measure(struct bench *b, unsigned line, struct spec_run *run);

static void set_limit(unsigned long soft)
{
	struct rlimit limit;

	if (soft == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || (limit.rlim_cur = soft) > limit.rlim_max ||
	    setrlimit(RLIMIT_NOFILE, &limit) < 0)
		errx(71, "RLIMIT_NOFILE cannot be %lu", soft);
}

/* ---- the stamp */

static void open_stamp(struct bench *b)
{
	int fd;

	snprintf(b->stamp_path, sizeof b->stamp_path, "%s/stamp", b->directory);
	fd = open(b->stamp_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || ftruncate(fd, sizeof *b->stamp) < 0)
		err(73, "%s", b->stamp_path);
	b->stamp = mmap(NULL, sizeof *b->stamp, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b->stamp == MAP_FAILED)
		err(71, "mmap");
	(void)close(fd);
}

static void clear_stamp(struct bench *b)
{
	b->stamp->began = b->stamp->pid = 0;
}

static void await_stamp(const struct bench *b, unsigned line)
{
	for (int waited = 0; b->stamp->began == 0 || b->stamp->pid == 0; waited++) {
		if (waited == CHILD_MS)
			errx(69, "%s: the target did not start", b->lines[line].label);
		(void)poll(NULL, 0, 1);
	}
}

/* ---- modes */

static double us(int64_t ns)
{
	return (double)ns / 1000;
}

static void check(const struct bench *b, unsigned line, int status)
{
	if (status != 0)
		errx(69, "%s: status %d", b->lines[line].label, status);
}

/* Label "direct": the target is our child, there is nothing to return. */
static void start_target(struct bench *b, unsigned line, struct spec_run *run)
{
	const int direct = strcmp(b->lines[line].label, "direct") == 0;
	int64_t began;
	pid_t pid;

	clear_stamp(b);
	began = child_clock();
	pid = child_spawn(run->command, run->env);
	if (!direct) {
		check(b, line, child_finish(pid));
		series_add(&b->second[line], us(child_clock() - began));
	}
	await_stamp(b, line);
	series_add(&b->first[line], us(b->stamp->began - began));
}

static void measure_start(struct bench *b, unsigned line, struct spec_run *run)
{
	start_target(b, line, run);
	child_end((pid_t)b->stamp->pid);
	spec_done(run);
}

static void measure_many(struct bench *b, unsigned line, struct spec_run *run)
{
	start_target(b, line, run);
	series_add(&b->pids[line], (double)b->stamp->pid);
}

static void measure_stop(struct bench *b, unsigned line, struct spec_run *run)
{
	int64_t began, returned;
	int pidfd;

	clear_stamp(b);
	check(b, line, child_run(run->setup, run->env));
	await_stamp(b, line);
	pidfd = child_open((pid_t)b->stamp->pid);
	began = child_clock();
	check(b, line, child_run(run->command, run->env));
	returned = child_clock();
	if (!child_gone(pidfd, CHILD_MS))
		errx(69, "%s: the target lives", b->lines[line].label);
	series_add(&b->first[line], us(returned - began));
	series_add(&b->second[line], us(child_clock() - began));
	(void)close(pidfd);
	spec_done(run);
}

/* The daemon that the command may have left, or the one of its setup. */
static void end_named(const char *pidfile)
{
	FILE *f = fopen(pidfile, "r");
	int pid;

	if (f == NULL)
		return;
	if (fscanf(f, "%d", &pid) == 1 && pid > 1)
		child_end(pid);
	fclose(f);
}

static void measure_run(struct bench *b, unsigned line, struct spec_run *run)
{
	int64_t began;

	if (run->setup[0] != NULL) {
		clear_stamp(b);
		check(b, line, child_run(run->setup, run->env));
		await_stamp(b, line);
	}
	began = child_clock();
	check(b, line, child_run(run->command, run->env));
	series_add(&b->first[line], us(child_clock() - began));
	end_named(run->pidfile);
	spec_done(run);
}

/* All processes end here; the rusage of each holds that of those which it
 * has itself collected. */
static void measure_faults(struct bench *b, unsigned line, struct spec_run *run)
{
	struct rusage usage;
	long faults = 0;
	pid_t pid;
	int status;

	(void)child_spawn(run->command, run->env);
	while ((pid = wait4(-1, &status, 0, &usage)) > 0 || errno == EINTR)
		if (pid > 0)
			faults += usage.ru_minflt + usage.ru_majflt;
	series_add(&b->first[line], (double)faults);
	spec_done(run);
}

/* ---- the whole */

static const struct {
	const char *name, *first, *second;
	measure *measure;
} modes[] = {
	{ "start", "main", "return", measure_start }, { "many", NULL, NULL, measure_many },
	{ "stop", "return", "gone", measure_stop },   { "run", "return", NULL, measure_run },
	{ "faults", "faults", NULL, measure_faults },
};

static void measure_all(struct bench *b, measure *one)
{
	static struct rlimit before;

	(void)getrlimit(RLIMIT_NOFILE, &before);
	for (unsigned round = 0; round < b->rounds; round++)
		for (unsigned i = 0; i < b->count; i++) {
			struct spec_run run;

			spec_expand(&b->lines[i], &run, b->directory, b->stamp_path, b->runs++);
			set_limit(b->lines[i].limit);
			one(b, i, &run);
			(void)setrlimit(RLIMIT_NOFILE, &before);
		}
}

/* All live now: compare the first twentieth with the last, and end them. */
static void print_many(const struct bench *b, unsigned line)
{
	const struct series *s = &b->first[line];
	const size_t part = s->count / 20 > 0 ? s->count / 20 : 1;
	const char *label = b->lines[line].label;

	const struct series begin = { s->values, part, 0 };
	const struct series last = { s->values + s->count - part, part, 0 };

	series_print(&begin, label, "main-first");
	series_print(&last, label, "main-last");
	for (size_t i = 0; i < b->pids[line].count; i++)
		child_end((pid_t)b->pids[line].values[i]);
}

int main(int argc, char **argv)
{
	static struct bench b;
	unsigned mode = 0;

	while (argc == 4 && mode < 5 && strcmp(argv[1], modes[mode].name) != 0)
		mode++;
	if (argc != 4 || mode == 5)
		errx(64, "usage: bench start|many|stop|run|faults ROUNDS DIRECTORY <LINES");
	b.rounds = (unsigned)atoi(argv[2]);
	b.directory = argv[3];
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	open_stamp(&b);
	b.count = spec_read(b.lines);
	measure_all(&b, modes[mode].measure);
	for (unsigned i = 0; i < b.count; i++) {
		if (modes[mode].first == NULL) {
			print_many(&b, i);
			continue;
		}
		series_print(&b.first[i], b.lines[i].label, modes[mode].first);
		if (modes[mode].second != NULL)
			series_print(&b.second[i], b.lines[i].label, modes[mode].second);
	}
	(void)unlink(b.stamp_path);
	return 0;
}
