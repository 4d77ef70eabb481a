/* SPDX-License-Identifier: MIT */
/* start - a start of a daemon in the current directory, and the processes that
 * take part in it. Whoever calls is their subreaper, and has no other child. */
#ifndef RACES_START_H
#define RACES_START_H

#include "scene.h"

#include <stdint.h>
#include <sys/types.h>

#define START_OUTPUT "out"  /* what the launcher says */
#define START_MAINS "mains" /* see target.c */

enum role { ROLE_LAUNCHER, ROLE_MIDDLE, ROLE_DAEMON, ROLES };

struct start {
	const struct scene *scene;
	pid_t launcher;
	pid_t killed;      /* 0: nobody */
	int wait_status;   /* the launcher's, when it has ended */
	pid_t daemon;      /* what is left in the end, 0: nothing */
	int too_many;      /* there is more than that */
	int hung;          /* it has not come to an end */
	uint64_t began_ns; /* when its own program ran */
	uint64_t took_ns;  /* the launcher, 0: it has not ended */
};

uint64_t start_now(void); /* nanoseconds */

/* Starts the launcher. */
void start_begin(struct start *s, const struct scene *scene);

/* Who lives: found[role] is a pid or 0. */
void start_find(const struct start *s, pid_t found[ROLES]);

/* Waits until the launcher has ended, and all else has, too, or is in its main;
 * kills what does not get there in a while. */
void start_settle(struct start *s);

/* Ends what is left by a signal, and waits for it. 0, or -1: it had to be killed. */
int start_end(struct start *s, int signal);

#endif
