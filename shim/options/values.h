/* SPDX-License-Identifier: MIT */
/* values - parsers for the values of options.
 *
 * Each parses all of text into *field, whose type is given beside it, and returns
 * 0; if text is invalid, it returns -1 and leaves *field alone. Strings are not
 * copied. */
#ifndef VALUES_H
#define VALUES_H

#include "base/text.h"

#include <limits.h>

/* Where one of the daemon's standard streams goes, or comes from. */
enum destination_kind { TO_UNSET, TO_NULL, TO_FILE, TO_INHERIT, TO_JOURNAL, TO_COMMAND };
struct destination {
	enum destination_kind kind;
	const char *arg; /* TO_FILE: the path; TO_COMMAND: for sh -c */
};

/* Descriptors passed on to the daemon. */
#define KEEP_MAX 64
struct keep_fds {
	int all;
	int count;
	int fd[KEEP_MAX];
};

enum listen_kind {
	LISTEN_ANY,  /* either of the other two */
	LISTEN_PORT, /* TCP listening or UDP bound to a port, IPv4 or IPv6 */
	LISTEN_UNIX, /* a stream or seqpacket socket listening at a path */
};

struct listen_want {
	enum listen_kind kind;
	unsigned port;    /* LISTEN_PORT */
	const char *path; /* LISTEN_UNIX: a path, or '@' and an abstract name */
};

enum ready_kind {
	READY_SETTLED,
	READY_MAIN,
	READY_NOTIFY,
	READY_LISTEN,
	READY_ALIVE,
	READY_LINE,  /* a newline written to a descriptor */
	READY_KINDS, /* number of kinds */
};
struct ready_want {
	enum ready_kind kind;
	int alive_ms;
	int line_fd; /* READY_LINE: the descriptor's number in the daemon */
	struct listen_want listen;
};

/* Is a program that puts itself into the background followed there? */
struct forks_want {
	enum { FORKS_AUTO, FORKS_NEVER, FORKS_MUST, FORKS_FILE } kind;
	const char *path; /* FORKS_FILE: the program's own pid file, which names the daemon */
};

int value_flag(const char *text, void *field);        /* int, 0 or 1 */
int value_octal(const char *text, void *field);       /* int, 0 to 07777 */
int value_mask(const char *text, void *field);        /* int, 0 to 0777 */
int value_seconds(const char *text, void *field);     /* int, milliseconds above 0 */
int value_name(const char *text, void *field);        /* const char *, a valid NAME */
int value_path(const char *text, void *field);        /* const char *, below PATH_MAX */
int value_string(const char *text, void *field);      /* const char *, not empty */
int value_any(const char *text, void *field);         /* const char *, may be empty */
int value_signal(const char *text, void *field);      /* int, one that can be caught */
int value_destination(const char *text, void *field); /* struct destination */
int value_input(const char *text, void *field);       /* struct destination: null or a file */
int value_fds(const char *text, void *field);         /* struct keep_fds */
int value_listen(const char *text, void *field);      /* struct listen_want: what follows
                                                       * the word "listen" */
int value_ready(const char *text, void *field);       /* struct ready_want */
int value_forks(const char *text, void *field);       /* struct forks_want */

#endif
