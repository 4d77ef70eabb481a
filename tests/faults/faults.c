/* SPDX-License-Identifier: MIT */
/* faults [-lt] [-e EVERY] [-s FIRST] [-o SCENE] LIBRARY DSTART DSIG TARGET STATIC-TARGET
 *
 * Lets each system call of the library and of the tools fail once with each
 * error that it may have, and kills the process there, and looks at what is
 * left. -l only lists the calls; -t shows what took long; -e tries every
 * EVERYth point, from FIRST on (0); -o only this scene. Start reading here, then scene.c. */
#include "calls.h"
#include "scene.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct run {
	int list_only, show_slow;
	long every, first;
	const char *only;
	const struct scene *start;
	long seen, tried, missed, failed;
};

static const char *call_name(long number)
{
	static char text[24];

	if (calls_name(number) != NULL)
		return calls_name(number);
	(void)snprintf(text, sizeof text, "call-%ld", number);
	return text;
}

static void show(const struct scene *scene, const struct trace_point *p)
{
	printf("%s, process %d, %s %d, %s: ", scene->name, p->role, call_name(p->number), p->nth,
	       p->error != 0 ? strerrorname_np(p->error) : "SIGKILL");
}

static double seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void try_point(struct run *r, const struct scene *scene, struct trace *t)
{
	char problem[1024];
	double began = seconds();

	if (r->seen++ % r->every != r->first)
		return;
	if (scene_try(scene, r->start, t, problem, sizeof problem) < 0) {
		r->failed++;
		show(scene, &t->point);
		printf("%s\n", problem);
		(void)fflush(stdout);
	}
	if (r->show_slow && seconds() - began > 0.3) {
		show(scene, &t->point);
		printf("%.2f s\n", seconds() - began);
	}
	if (t->reached)
		r->tried++;
	else
		r->missed++; /* another run polls once less than the first */
}

/* The call at index i of a process in a good run. */
static void try_call(struct run *r, const struct scene *scene, const struct trace *good, int role,
                     int i)
{
	static struct trace t;
	const long number = good->processes[role].numbers[i];
	const int *errors = calls_errors(number);

	t.point = (struct trace_point){ .role = role, .number = number };
	for (int before = 0; before <= i; before++)
		t.point.nth += good->processes[role].numbers[before] == number;
	for (; *errors != 0; errors++) {
		t.point.error = *errors;
		try_point(r, scene, &t);
	}
	t.point.error = 0;
	try_point(r, scene, &t);
}

static void try_scene(struct run *r, const struct scene *scene)
{
	static struct trace good;
	char problem[1024];

	good.point = (struct trace_point){ .role = -1 };
	if (scene_try(scene, r->start, &good, problem, sizeof problem) < 0) {
		printf("%s: without a fault: %s\n", scene->name, problem);
		r->failed++;
		return;
	}
	for (int role = 0; role < good.roles; role++)
		for (int i = 0; i < good.processes[role].calls; i++)
			if (r->list_only)
				printf("%s %d %d %s\n", scene->name, role, i + 1,
				       call_name(good.processes[role].numbers[i]));
			else
				try_call(r, scene, &good, role, i);
}

static int usage(void)
{
	fputs("usage: faults [-lt] [-e EVERY] [-s FIRST] [-o SCENE] LIBRARY DSTART DSIG TARGET "
	      "STATIC-TARGET\n",
	      stderr);
	return 64;
}

int main(int argc, char **argv)
{
	static struct scene scenes[SCENES_MAX];
	struct run r = { .every = 1 };
	char dir[] = "/tmp/faults.XXXXXX";
	int c, count;

	while ((c = getopt(argc, argv, "lte:s:o:")) != -1)
		switch (c) {
		case 'l':
			r.list_only = 1;
			break;
		case 't':
			r.show_slow = 1;
			break;
		case 'e':
			r.every = atol(optarg);
			break;
		case 's':
			r.first = atol(optarg);
			break;
		case 'o':
			r.only = optarg;
			break;
		default:
			return usage();
		}
	if (argc - optind != 5 || r.every < 1)
		return usage();
	/* orphans are ours, so that we see them end */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || mkdtemp(dir) == NULL || chmod(dir, 0777) < 0 ||
	    chdir(dir) < 0) {
		perror(dir);
		return 2;
	}
	argv += optind;
	count = scene_list(scenes,
	                   &(struct programs){ argv[0], argv[1], argv[2], argv[3], argv[4] });
	r.start = &scenes[0];
	r.first %= r.every;
	for (int i = 0; i < count; i++)
		if (r.only == NULL || strcmp(r.only, scenes[i].name) == 0)
			try_scene(&r, &scenes[i]);
	(void)rmdir(dir);
	if (!r.list_only)
		printf("%ld points tried, %ld not reached again, %ld failed\n", r.tried, r.missed,
		       r.failed);
	return r.failed > 0;
}
