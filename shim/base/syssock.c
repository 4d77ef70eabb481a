/* SPDX-License-Identifier: MIT */
/* The part of sys.h that is about sockets. */
#include "base/sys.h"
#include "base/syscall.h"

#include <stddef.h>

int sys_socket(int family, int type, int protocol)
{
	return (int)sys_call(SYS_socket, family, type, protocol);
}

int sys_socketpair(int family, int type, int protocol, int pair[2])
{
	return (int)sys_call(SYS_socketpair, family, type, protocol, pair);
}

int sys_bind(int fd, const void *address, socklen_t len)
{
	return (int)sys_call(SYS_bind, fd, address, len);
}

int sys_connect(int fd, const void *address, socklen_t len)
{
	return (int)sys_call(SYS_connect, fd, address, len);
}

int sys_getsockname(int fd, void *address, socklen_t *len)
{
	return (int)sys_call(SYS_getsockname, fd, address, len);
}

int sys_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	return (int)sys_call(SYS_setsockopt, fd, level, name, value, len);
}

int sys_shutdown(int fd, int how)
{
	return (int)sys_call(SYS_shutdown, fd, how);
}

ssize_t sys_send(int fd, const void *buf, size_t size, int flags)
{
	return sys_call(SYS_sendto, fd, buf, size, flags, NULL, 0);
}

ssize_t sys_recv(int fd, void *buf, size_t size, int flags)
{
	return sys_call(SYS_recvfrom, fd, buf, size, flags, NULL, NULL);
}

ssize_t sys_sendmsg(int fd, const struct msghdr *message, int flags)
{
	return sys_call(SYS_sendmsg, fd, message, flags);
}

ssize_t sys_recvmsg(int fd, struct msghdr *message, int flags)
{
	return sys_call(SYS_recvmsg, fd, message, flags);
}
