/* SPDX-License-Identifier: MIT */
/* logfile - a log file that the user names, opened by the rule of base/path.
 * Everything is done beneath the directory that was found once. */
#ifndef LOGFILE_H
#define LOGFILE_H

#include "base/report.h"
#include "base/sys.h"

struct logfile {
	int dir; /* the directory, open with O_PATH; -1: there is no log file */
	char name[NAME_MAX + 1];
	int created;          /* was not there before */
	struct sys_stat file; /* as it was when opened */
	size_t made;          /* directories of the path have been made: those that end behind
	                       * this many bytes of it; 0: none */
};

/* Whose a new one will be. */
struct logfile_owner {
	mode_t mode;
	uid_t uid; /* (uid_t)-1: the caller's */
	gid_t gid;
};

/* Opens path for appending, and creates it if need be. Never blocks. mark: a
 * signal, kept in the open file for the reopen handler (logfile_marked), 0: none.
 * Returns the descriptor, or -1 with *why. */
int logfile_open(struct logfile *log, const char *path, const struct logfile_owner *owner, int mark,
                 struct failure *why);

/* Makes the directory of path, and those above it that are missing, for the
 * caller alone, as the XDG specification asks. Errors show when the file is
 * opened. */
void logfile_make_directory(struct logfile *log, const char *path);

/* After a start that failed: removes what was created for nothing: the file,
 * which is open as fd, if it is empty and nobody else has it open, and the
 * directories of path. */
void logfile_discard(const struct logfile *log, int fd, const char *path);

/* Writes to standard error the last lines that have been added to the file
 * since it was opened. */
#define LOGFILE_TAIL_LINES 10
void logfile_tail(const struct logfile *log);

#endif
