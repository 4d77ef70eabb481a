/* SPDX-License-Identifier: MIT */
/* sockdiag - asks the kernel for the TCP sockets that listen, sock_diag(7).
 * /proc/net/tcp says the same, but each read of it walks the hash table of
 * all connections: milliseconds on a machine with much memory. */
#ifndef SOCKDIAG_H
#define SOCKDIAG_H

#include <sys/types.h>

/* A listening socket; a result other than 0 ends the listing. */
typedef int sockdiag_each(const void *ctx, unsigned port, unsigned long long inode, uid_t owner);

/* Calls each for those of our own network namespace, of family AF_INET or
 * AF_INET6. Returns 0 after the last one or what `each` returned; or
 * -errno: the kernel has no such interface, or a sandbox forbids it. */
int sockdiag_tcp(int family, sockdiag_each *each, const void *ctx);

#endif
