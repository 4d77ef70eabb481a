/* SPDX-License-Identifier: MIT */
/* listen - is a daemon listening yet? Seen from outside, through /proc: the
 * daemon is neither told nor asked. */
#ifndef LISTEN_H
#define LISTEN_H

#include <sys/types.h>

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

/* Reads what follows the word "listen": "", "=8080" (1..65535), "=/path",
 * "=./path" (of the caller's directory) or "=@name". want->path then points
 * into value. Returns 0, or -1 with errno EINVAL. */
int listen_parse(const char *value, struct listen_want *want);

/* Does the daemon, or another process of its session, listen as wanted?
 * Made to be called every few milliseconds: a daemon without sockets costs
 * no look at the kernel's tables, one that listens itself no look at others.
 * Processes that end meanwhile, or must not be seen, are passed over.
 *
 * A UDP socket counts when it is bound and not connected; one that sends
 * without either looks the same, so name the port where that matters.
 *
 * Returns 1 yes, 0 not yet, -1 with errno: ENOENT or ESRCH (no such process,
 * or no /proc), EACCES (its descriptors are hidden from us: another user's
 * or undumpable, and this will not change). */
int listen_ready(pid_t daemon, const struct listen_want *want);

#endif
