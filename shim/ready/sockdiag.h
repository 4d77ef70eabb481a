/* SPDX-License-Identifier: MIT */
/* sockdiag - asks the kernel for listening TCP sockets, sock_diag(7). /proc/net/tcp
 * lists them, too, but each read walks the hash table of all connections:
 * milliseconds on a machine with much memory. */
#ifndef SOCKDIAG_H
#define SOCKDIAG_H

#include <sys/types.h>

/* Called for a listening socket; a result other than 0 ends the listing. */
typedef int sockdiag_each(const void *ctx, unsigned port, unsigned long long inode, uid_t owner);

/* Calls each for the listening TCP sockets of our network namespace, of family
 * AF_INET or AF_INET6. Returns 0 after the last one, or the result of each that was
 * not 0; or -errno: the kernel lacks the interface, or a sandbox forbids it. */
int sockdiag_tcp(int family, sockdiag_each *each, const void *ctx);

#endif
