/* SPDX-License-Identifier: MIT */
/* values - the kinds of value that an option can have.
 *
 * Each parser reads the whole of text into *field, whose type is said there,
 * and returns 0; or -1, and *field is as it was. */
#ifndef VALUES_H
#define VALUES_H

#include "base/text.h"

#include <limits.h>

/* Where a stream of the daemon goes, or comes from. */
enum destination_kind { TO_UNSET, TO_NULL, TO_FILE, TO_INHERIT, TO_JOURNAL, TO_COMMAND };
struct destination {
	enum destination_kind kind;
	const char *arg; /* file: its path; command: for sh -c */
};

/* Descriptors handed on to the daemon. */
#define KEEP_MAX 64
struct keep_fds {
	int all;
	int count;
	int fd[KEEP_MAX];
};

enum listen_kind {
	LISTEN_ANY,  /* any of the other two */
	LISTEN_PORT, /* TCP listening or UDP bound to a port, IPv4 or IPv6 */
	LISTEN_UNIX, /* a stream or seqpacket socket listening at a path */
};

struct listen_want {
	enum listen_kind kind;
	unsigned port;    /* of LISTEN_PORT */
	const char *path; /* of LISTEN_UNIX: a path, or '@' and an abstract name */
};

enum ready_kind {
	READY_SETTLED,
	READY_MAIN,
	READY_NOTIFY,
	READY_LISTEN,
	READY_ALIVE,
	READY_LINE,  /* a newline on a descriptor */
	READY_KINDS, /* how many there are */
};
struct ready_want {
	enum ready_kind kind;
	int alive_ms;
	int line_fd; /* of READY_LINE: its number in the daemon */
	struct listen_want listen;
};

/* Is a program that puts itself in the background followed there? */
struct forks_want {
	enum { FORKS_AUTO, FORKS_NEVER, FORKS_MUST, FORKS_FILE } kind;
	const char *path; /* FORKS_FILE: the program's own pid file, which names the daemon */
};

int value_flag(const char *text, void *field);        /* int, 0 or 1 */
int value_octal(const char *text, void *field);       /* int, 0 to 07777 */
int value_mask(const char *text, void *field);        /* int, 0 to 0777 */
int value_seconds(const char *text, void *field);     /* int, milliseconds above 0 */
int value_name(const char *text, void *field);        /* const char *, fit for a file name */
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
