/* SPDX-License-Identifier: MIT */
/* output - where the daemon's stdout and stderr go, opened by the launcher. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/report.h"
#include "base/sys.h"
#include "options/values.h"

struct output {
	int fd;               /* close on exec, at a high number; -1: none */
	int created;          /* a log file that was not there before */
	struct sys_stat file; /* of a log file, as it was when opened */
	pid_t logger;         /* of |command, child of ours */
};

/* What the opening may need to know. */
struct output_context {
	int mode;  /* of a new log file */
	uid_t uid; /* its owner, (uid_t)-1 to leave it */
	gid_t gid;
	const char *name;  /* the daemon's, for the journal */
	char *const *envp; /* for |command: the caller's, without us */
};

/* Opens destination for stream (1 or 2). Returns 0, or -1 with *why. */
int output_open(struct output *output, const struct destination *destination, int stream,
                const struct output_context *context, struct failure *why);

/* Makes the directory of path, and those above it that are missing, for the
 * caller alone, as the XDG specification asks. Errors show when the file is
 * opened. */
void output_make_directory(const char *path);

/* After a start that failed: removes a log file that was created for nothing. */
void output_discard(const struct output *output, const char *path);

/* Writes to standard error the last lines that have been added to the log
 * file since it was opened. */
#define OUTPUT_TAIL_LINES 10
void output_tail(const struct output *output, const char *path);

#endif
