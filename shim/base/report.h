/* SPDX-License-Identifier: MIT */
/* report - exit statuses, and messages of one form.
 *
 * A module that fails describes the failure and returns -1; it does not print and
 * never exits. The launcher, or a tool's main, reports it. */
#ifndef REPORT_H
#define REPORT_H

#include <limits.h>

/* Exit statuses: those of sysexits(3) that we use, the LSB's for dsig status, and
 * env(1)'s. They are documented: never renumber. */
enum status {
	STATUS_OK = 0,
	STATUS_STALE = 1,        /* dsig: the pid file exists, its daemon does not */
	STATUS_STOPPED = 3,      /* dsig: not running */
	STATUS_UNKNOWN = 4,      /* dsig: state unknown */
	STATUS_USAGE = 64,       /* bad command line */
	STATUS_NOUSER = 67,      /* unknown user or group */
	STATUS_UNAVAILABLE = 69, /* the program died, or was not ready in time */
	STATUS_OSERR = 71,       /* fork, exec or pipe failed */
	STATUS_CANTCREAT = 73,   /* pid or log file cannot be used */
	STATUS_IOERR = 74,       /* standard output cannot be written */
	STATUS_TEMPFAIL = 75,    /* already running; dsig: still running */
	STATUS_NOPERM = 77,      /* chroot, chdir, user switch, signal refused */
	STATUS_CONFIG = 78,      /* bad or unknown DAEMONIZE_* variable */
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNALLED = 128, /* plus the signal number */
};

/* One failure: what could not be done, why, and the exit status that follows. The
 * copy sends it to the launcher as it is. */
struct failure {
	int status;
	int error; /* errno, added to the message; 0: text is complete */
	char text[PATH_MAX + 256];
};

/* Describes a failure in f; the strings are concatenated to a text of the form
 * "unable to VERB OBJECT". Returns -1. */
#define failure_set(f, status, error, ...)                                                         \
	failure_join((f), (status), (error), (const char *const[]){ __VA_ARGS__, 0 })
int failure_join(struct failure *f, int status, int error, const char *const *parts);

/* Appends how a process ended, from its wait status: "ended with status 3", "was
 * killed by SIGSEGV (core dumped)". */
struct text;
void report_ending(struct text *t, int wait_status);

/* The prefix of messages: "libdaemonize", unless a program defines another.
 * Constant, because a writable page would cost every process one page more. */
extern const char report_name[16];

/* Write "NAME: TEXT" and a newline to standard error, in one write(2); for a
 * failure, its reason follows the text. Errors are ignored. Characters that could
 * drive a terminal are replaced (text_tame). */
void report_failure(const struct failure *f);
#define report_line(...) report_join((const char *const[]){ __VA_ARGS__, 0 })
void report_join(const char *const *parts);

/* The same for a step on the way, with the time since the beginning in
 * microseconds. */
#define report_step(us, ...) report_timed((us), (const char *const[]){ __VA_ARGS__, 0 })
void report_timed(int microseconds, const char *const *parts);

#endif
