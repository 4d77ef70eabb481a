/* SPDX-License-Identifier: MIT */
/* output - the destinations of the daemon's stdout and stderr, opened by the
 * launcher. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/report.h"
#include "log/logfile.h"
#include "options/values.h"

struct output {
	int fd;             /* close-on-exec, at a high number; -1: none */
	struct logfile log; /* if a log file was opened by its name */
	pid_t logger;       /* process of a log command, our child; 0: none */
};
#define OUTPUT_NONE                                                                                \
	{                                                                                          \
		.fd = -1, .log = {.dir = -1 }                                                      \
	}

/* What is needed to open a destination. */
struct output_context {
	struct logfile_owner owner; /* of a new log file; uid is set if the daemon switches user */
	int reopen;                 /* signal that reopens the file; 0: none */
	const char *name;           /* the daemon's name, for the journal */
	char *const *envp;          /* of a log command: the caller's, without our variables */
};

/* Opens destination for stream (1 or 2). Returns 0, or -1 with *why described. */
int output_open(struct output *output, const struct destination *destination, int stream,
                const struct output_context *context, struct failure *why);

#endif
