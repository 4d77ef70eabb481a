/* SPDX-License-Identifier: MIT */
/* notify - the launcher's side of sd_notify(3).
 *
 * The program keeps the address when we have left, and may send there what is
 * meant for its service manager only, descriptors as well. So nobody else is
 * to be able to take the address then: it is a file, removed when we leave, in
 * a directory where only root and the caller can make one. An abstract name
 * would be free for everybody in the network namespace, and /proc/net/unix
 * shows it to all; it is the last resort, where there is no such directory. */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <sys/types.h>
#include <sys/un.h>

struct notify {
	int fd; /* -1: not used */

	/* in */
	const char *directory; /* where the socket may be; NULL: nowhere */
	const char *shown;     /* what the program calls that directory */
	int switched;          /* the daemon is of another user than the caller */

	char address[sizeof((struct sockaddr_un *)0)->sun_path]; /* value of NOTIFY_SOCKET */
	const char *name;    /* the socket's, the last part of address; NULL: abstract */
	int dir;             /* where it is, -1: none */
	uid_t uid;           /* what this user and root send counts, */
	pid_t daemon;        /* and what comes from this one's session, set by the launcher;
	                      * 0: not yet known */
	int ready;           /* READY=1 has come */
	int brought;         /* descriptors have come along, a barrier most likely */
	int error;           /* ERRNO=, 0: none */
	long long extend_ms; /* EXTEND_TIMEOUT_USEC=, since the last time it was taken */
	char status[256];    /* STATUS=, the last */
};

/* Opens the socket for messages of uid's processes; the fields above it say
 * where. 0, or -errno. */
int notify_open(struct notify *n, uid_t uid);

/* Removes the socket's file. */
void notify_close(const struct notify *n);

/* Takes in what has arrived, some messages at a time; never blocks. Descriptors
 * that come along (BARRIER=1, FDSTORE=1) are closed: that is what a barrier
 * waits for.
 * MAINPID= is not followed: the process that we have started is the daemon,
 * and holds its locks. */
void notify_read(struct notify *n);

/* After READY=1: waits a few milliseconds for the barrier that systemd-notify(1)
 * sends next, for it would end with an error if nobody were there. */
void notify_linger(struct notify *n);

#endif
