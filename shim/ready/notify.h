/* SPDX-License-Identifier: MIT */
/* notify - the launcher's side of sd_notify(3). */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <sys/types.h>

struct notify {
	int fd;              /* -1: not used */
	char address[32];    /* value of NOTIFY_SOCKET: an abstract name, so that
	                      * nothing stays on disk and a chroot is no obstacle */
	uid_t uid;           /* what this user and root send counts, */
	pid_t daemon;        /* and what comes from this one's session, set by the launcher;
	                      * 0: not yet known */
	int ready;           /* READY=1 has come */
	int brought;         /* descriptors have come along, a barrier most likely */
	int error;           /* ERRNO=, 0: none */
	long long extend_ms; /* EXTEND_TIMEOUT_USEC=, since the last time it was taken */
	char status[256];    /* STATUS=, the last */
};

/* Opens the socket for messages of uid's processes. 0, or -errno. */
int notify_open(struct notify *n, uid_t uid);

/* Takes in all that has arrived; never blocks. Descriptors that come along
 * (BARRIER=1, FDSTORE=1) are closed: that is what a barrier waits for.
 * MAINPID= is not followed: the process that we have started is the daemon,
 * and holds its locks. */
void notify_read(struct notify *n);

/* After READY=1: waits a few milliseconds for the barrier that systemd-notify(1)
 * sends next, for it would end with an error if nobody were there. */
void notify_linger(struct notify *n);

#endif
