/* SPDX-License-Identifier: MIT */
/* report - what a caller is told: exit statuses, and messages of one form.
 *
 * A module that fails describes the failure and returns -1; it does not
 * print and never exits. The launcher, or a tool's main, reports it. */
#ifndef REPORT_H
#define REPORT_H

#include <limits.h>

/* The statuses of sysexits(3) that we use, the LSB's for dsig status, and
 * env(1)'s. Published: never renumber. */
enum status {
	STATUS_OK = 0,
	STATUS_STALE = 1,        /* dsig: the daemon is gone, its pid file is not */
	STATUS_STOPPED = 3,      /* dsig: not running */
	STATUS_UNKNOWN = 4,      /* dsig: state unknown */
	STATUS_USAGE = 64,       /* bad command line */
	STATUS_NOUSER = 67,      /* unknown user or group */
	STATUS_UNAVAILABLE = 69, /* the program died, or was not ready in time */
	STATUS_OSERR = 71,       /* fork, exec or pipe failed */
	STATUS_CANTCREAT = 73,   /* pid or log file */
	STATUS_IOERR = 74,       /* standard output cannot be written */
	STATUS_TEMPFAIL = 75,    /* already running; dsig: still there */
	STATUS_NOPERM = 77,      /* chroot, chdir, user switch, signal refused */
	STATUS_CONFIG = 78,      /* bad or unknown DAEMONIZE_* */
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNALLED = 128, /* plus the number of the signal */
};

/* One failure: what we were unable to do, why, and what that makes of the
 * exit status. Travels from the marked copy to the launcher as it is. */
struct failure {
	int status;
	int error; /* an errno, 0 when the text says it all */
	char text[PATH_MAX + 256];
};

/* Describes a failure in f from strings joined together, by the grammar
 * "unable to VERB OBJECT". Returns -1. */
#define failure_set(f, status, error, ...)                                                         \
	failure_join((f), (status), (error), (const char *const[]){ __VA_ARGS__, 0 })
int failure_join(struct failure *f, int status, int error, const char *const *parts);

/* Appends how a process ended, from waitpid's status: "ended with status 3",
 * "was killed by SIGSEGV (core dumped)". */
struct text;
void report_ending(struct text *t, int wait_status);

/* The name that messages begin with: "libdaemonize", unless a program defines
 * another. No variable, for it would be a page more of every process. */
extern const char report_name[16];

/* Write one line to standard error, in one write(2): "NAME: " and the text,
 * for a failure followed by its reason. Errors there are ignored. What would
 * drive a terminal is not written as it is (text_tame). */
void report_failure(const struct failure *f);
#define report_line(...) report_join((const char *const[]){ __VA_ARGS__, 0 })
void report_join(const char *const *parts);

/* The same for a step on the way, with the time since the beginning. */
#define report_step(us, ...) report_timed((us), (const char *const[]){ __VA_ARGS__, 0 })
void report_timed(int microseconds, const char *const *parts);

#endif
