/* SPDX-License-Identifier: MIT */
/* notify - the launcher's side of sd_notify(3). */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <sys/types.h>

struct notify {
	int fd;             /* -1: not used */
	char address[32];   /* value of NOTIFY_SOCKET: an abstract name, so that
	                     * nothing stays on disk and a chroot is no obstacle */
	uid_t uid;          /* messages of others than this user and root do not count */
	int ready;          /* READY=1 has come */
	int error;          /* ERRNO=, 0: none */
	long long extend_ms; /* EXTEND_TIMEOUT_USEC=, since the last time it was taken */
	char status[256];   /* STATUS=, the last */
};

/* Opens the socket for messages of uid's processes. 0, or -1 with errno. */
int notify_open(struct notify *n, uid_t uid);

/* Takes in all that has arrived; never blocks. Descriptors that come along
 * (BARRIER=1, FDSTORE=1) are closed: that is what a barrier waits for.
 * MAINPID= is not followed: the process that we have started is the daemon,
 * and holds its locks. */
void notify_read(struct notify *n);

#endif
