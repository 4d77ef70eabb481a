/* SPDX-License-Identifier: MIT */
/* verdict - what must be true after a start, whoever was killed in it. */
#ifndef RACES_VERDICT_H
#define RACES_VERDICT_H

#include "start.h"

/* What the pid file is before a start. */
enum before { BEFORE_ABSENT, BEFORE_EMPTY, BEFORE_STALE, BEFORES };

enum outcome {
	OUTCOME_DAEMON,  /* complete */
	OUTCOME_NOTHING, /* neither a process nor a file */
	OUTCOME_AS_WAS,  /* no process, and the file that was there before */
	OUTCOME_FILE,    /* no process, and another file */
	OUTCOMES,
};

/* Makes the pid file what it is before. */
void verdict_prepare(enum before before);

/* Judges a start that has settled: killed is the role that got a SIGKILL, ROLES
 * for none; had_copy: a copy lived on then. Problems are written to text, empty
 * if there is none. */
enum outcome verdict(const struct start *s, enum before before, enum role killed, int had_copy,
                     char *text, unsigned size);

/* After verdict(), when the daemon has ended by TERM: adds to its text. */
void verdict_end(const struct scene *scene);

#endif
