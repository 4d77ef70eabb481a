/* SPDX-License-Identifier: MIT */
/* output - where the daemon's stdout and stderr go, opened by the launcher. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/report.h"
#include "log/logfile.h"
#include "options/values.h"

struct output {
	int fd;             /* close on exec, at a high number; -1: none */
	struct logfile log; /* of a log file that was opened by its name */
	pid_t logger;       /* of |command, child of ours */
};
#define OUTPUT_NONE                                                                                \
	{                                                                                          \
		.fd = -1, .log = {.dir = -1 }                                                      \
	}

/* What the opening may need to know. */
struct output_context {
	struct logfile_owner owner; /* of a new log file; with a uid, the daemon is another user */
	int reopen;                 /* signal at which it will be reopened, 0: none */
	const char *name;           /* the daemon's, for the journal */
	char *const *envp;          /* for |command: the caller's, without us */
};

/* Opens destination for stream (1 or 2). Returns 0, or -1 with *why. */
int output_open(struct output *output, const struct destination *destination, int stream,
                const struct output_context *context, struct failure *why);

#endif
