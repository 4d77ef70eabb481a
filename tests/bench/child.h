/* SPDX-License-Identifier: MIT */
/* child - processes: starting, waiting, ending. Orphans come to this program
 * if it has made itself a subreaper. */
#ifndef CHILD_H
#define CHILD_H

#include <stdint.h>
#include <sys/types.h>

#define CHILD_MS 20000 /* nothing takes longer */

/* CLOCK_MONOTONIC in ns. */
int64_t child_clock(void);

/* Starts argv, found by PATH, with the assignments env in front of the
 * environment and /dev/null as its standard descriptors; or ends the
 * program with a message. */
pid_t child_spawn(char *const *argv, char *const *env);

/* Waits for it, and collects orphans meanwhile. Returns its exit status, 128
 * and the signal's number if that ended it. */
int child_finish(pid_t pid);

/* Both. */
int child_run(char *const *argv, char *const *env);

/* A pidfd, or -1 when there is no such process. */
int child_open(pid_t pid);

/* Has it ended (1) within ms? */
int child_gone(int pidfd, int ms);

/* Kills it, waits until it is gone, collects. */
void child_end(pid_t pid);

#endif
