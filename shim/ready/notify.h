/* SPDX-License-Identifier: MIT */
/* notify - the launcher's side of sd_notify(3).
 *
 * The program keeps the address after the launcher has exited, and may send there
 * messages and descriptors that are meant for its service manager only. So nobody
 * else must be able to bind to it then: it is a file, removed when the launcher
 * exits, in a directory where only root and the caller can create files. An
 * abstract name could be bound by anybody in the network namespace, and
 * /proc/net/unix shows it to all; it is used only if there is no such directory. */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <sys/types.h>
#include <sys/un.h>

struct notify {
	int fd; /* -1: not used */

	/* in */
	const char *directory; /* for the socket; NULL: there is none */
	const char *shown;     /* its path as the program sees it */
	int switched;          /* the daemon runs as another user than the caller */

	char address[sizeof((struct sockaddr_un *)0)->sun_path]; /* value of NOTIFY_SOCKET */
	const char *name; /* of the socket, the last part of address; NULL: abstract */
	int dir;          /* descriptor of its directory, if name is set */
	uid_t uid;        /* messages of this user and of root count, */
	pid_t daemon;     /* and of this process's session; set by the caller, 0: not yet known */
	int ready;        /* READY=1 has arrived */
	int brought;      /* a message had descriptors, probably BARRIER=1 */
	int error;        /* ERRNO=, 0: none */
	long long extend_ms; /* EXTEND_TIMEOUT_USEC=; the caller resets it to 0 */
	char status[256];    /* STATUS=, the last */
};

/* Opens the socket for a daemon that runs as uid; the fields under "in" say where.
 * Returns 0, or -errno. */
int notify_open(struct notify *n, uid_t uid);

/* Removes the socket's file. */
void notify_close(const struct notify *n);

/* Reads some of the messages that have arrived; never blocks. Descriptors sent
 * along (BARRIER=1, FDSTORE=1) are closed: that is what a barrier waits for.
 * MAINPID= is ignored: follow.h decides which process is the daemon. */
void notify_read(struct notify *n);

/* After READY=1: waits a few milliseconds for the barrier that systemd-notify(1)
 * sends next; without a receiver it would fail. */
void notify_linger(struct notify *n);

#endif
