/* SPDX-License-Identifier: MIT */
/* facts - what dsig status tells of a daemon's process. */
#ifndef FACTS_H
#define FACTS_H

#include <limits.h>
#include <sys/types.h>
#include <time.h>

/* Each is missing on its own: empty text, or -1. */
struct facts {
	char program[PATH_MAX]; /* the executable's path; its name if that cannot be seen */
	char user[64];          /* effective user: name, or number without one */
	time_t started;
	long long rss_bytes;
	char logfile[PATH_MAX]; /* where its stdout goes, if that is a regular file */
};

/* All that can be known of pid. */
void facts_gather(struct facts *f, pid_t pid);

/* "/proc/PID/WHAT" in buf. */
void facts_path(char *buf, size_t size, pid_t pid, const char *what);

#endif
