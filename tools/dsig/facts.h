/* SPDX-License-Identifier: MIT */
/* facts - what dsig status shows of a daemon's process. */
#ifndef FACTS_H
#define FACTS_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Each may be unknown: an empty text, or -1. */
struct facts {
	char program[PATH_MAX]; /* the executable's path, or the process's name if unreadable */
	char user[64];          /* the effective user's name, or number if it has none */
	time_t started;
	long long rss_bytes;
	char logfile[PATH_MAX]; /* where its stdout goes, if that is a regular file */
};

/* Fills in *f with all that can be read about pid, which has started at start_ticks
 * (see process_stat; 0: unknown). */
void facts_gather(struct facts *f, pid_t pid, uint64_t start_ticks);

#endif
