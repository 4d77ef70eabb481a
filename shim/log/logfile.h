/* SPDX-License-Identifier: MIT */
/* logfile - a log file that the user names, opened by the rule of base/path.h. Its
 * directory is resolved once; then the file is opened and removed relative to that. */
#ifndef LOGFILE_H
#define LOGFILE_H

#include "base/report.h"
#include "base/sys.h"

struct logfile {
	int dir; /* its directory, open with O_PATH; -1: there is no log file */
	char name[NAME_MAX + 1];
	int created;          /* the file is new */
	struct sys_stat file; /* its status when it was opened */
	size_t made;          /* length of the shortest directory of the path that we have created;
	                       * 0: none */
};

/* Mode and owner of a new file. */
struct logfile_owner {
	mode_t mode;
	uid_t uid; /* (uid_t)-1: the caller's */
	gid_t gid;
};

/* Opens path for appending, and creates it if need be. Never blocks. mark is a
 * signal number, kept in the open file (F_SETSIG), by which the reopen handler
 * recognises the log; 0: none. Returns the descriptor, or -1 with *why described. */
int logfile_open(struct logfile *log, const char *path, const struct logfile_owner *owner, int mark,
                 struct failure *why);

/* Creates the missing directories of path with mode 0700, as the XDG specification
 * asks. Errors are ignored: then the file cannot be opened. */
void logfile_make_directory(struct logfile *log, const char *path);

/* After a failed start: removes the file, open as fd, if we created it, it is empty
 * and nobody else has it open; and the directories that we created. */
void logfile_discard(const struct logfile *log, int fd, const char *path);

/* Reports, on standard error, the last lines that were added to the file since it
 * was opened. */
#define LOGFILE_TAIL_LINES 10
void logfile_tail(const struct logfile *log);

#endif
