/* SPDX-License-Identifier: MIT */
#include "ready/notify.h"

#include "base/path.h"
#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define MESSAGE_MAX 4096
#define LINGER_MS 5
#define GRND_NONBLOCK_ 1
#define AT_ONCE 32 /* messages per call, so that a flood of them cannot delay other checks */

#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

/* Opens the directory, if only root and the caller can create files in it. Returns
 * a descriptor, or -errno. */
static int open_directory(const char *path)
{
	struct sys_stat st;
	int dir = path_directory(path);

	if (dir < 0 || (sys_fstat(dir, &st) == 0 && (st.mode & OTHERS_WRITE) == 0 &&
	                (st.uid == 0 || st.uid == sys_geteuid())))
		return sys_raise(dir);
	sys_close(dir);
	return -EACCES;
}

/* Chooses a unique name; it need not be secret. */
static void choose_name(struct notify *n)
{
	unsigned char bytes[8] = { 0 };
	int64_t now = sys_clock(CLOCK_MONOTONIC) ^ ((int64_t)sys_getpid() << 32);
	struct text t;

	memcpy(bytes, &now, sizeof bytes);
	(void)sys_getrandom(bytes, sizeof bytes, GRND_NONBLOCK_);
	text_begin(&t, n->address, sizeof n->address);
	text_str(&t, n->shown);
	text_str(&t, "/");
	n->name = t.at;
	text_str(&t, ".daemonize-");
	for (unsigned i = 0; i < sizeof bytes; i++) {
		text_mem(&t, &"0123456789abcdef"[bytes[i] >> 4], 1);
		text_mem(&t, &"0123456789abcdef"[bytes[i] & 15], 1);
	}
	if (t.cut)
		n->name = NULL;
}

/* counts() decides whose messages count; the file's mode only keeps others from
 * filling the queue. After a switch of user only that user may send. A daemon that
 * starts as the caller may become any user, so anybody may. */
static int bind_file(struct notify *n)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	struct text t;
	int r;

	n->dir = n->directory != NULL ? open_directory(n->directory) : -ENOENT;
	if (n->dir < 0)
		return n->dir;
	choose_name(n);
	if (n->name == NULL)
		return -ENAMETOOLONG;
	text_begin(&t, address.sun_path, sizeof address.sun_path);
	text_str(&t, "/proc/self/fd/");
	text_num(&t, n->dir);
	text_str(&t, "/");
	text_str(&t, n->name);
	mask = sys_umask(n->switched ? 0177 : 0111);
	r = sys_bind(n->fd, &address, sizeof address);
	(void)sys_umask(mask);
	if (r == 0 && n->switched)
		r = sys_fchownat(n->dir, n->name, n->uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW);
	if (r < 0)
		notify_close(n);
	return r;
}

/* Binds to an abstract name that the kernel chooses. */
static int bind_abstract(struct notify *n)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = offsetof(struct sockaddr_un, sun_path);
	struct text t;
	int r = sys_bind(n->fd, &address, len);

	n->name = NULL;
	len = sizeof address;
	if (r == 0)
		r = sys_getsockname(n->fd, &address, &len);
	if (r < 0)
		return r;
	text_begin(&t, n->address, sizeof n->address);
	text_str(&t, "@");
	text_mem(&t, address.sun_path + 1, len - offsetof(struct sockaddr_un, sun_path) - 1);
	return 0;
}

int notify_open(struct notify *n, uid_t uid)
{
	const int on = 1; /* each message comes with its sender's credentials */
	int r;

	n->uid = uid;
	n->fd = r = sys_raise(sys_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	if (r >= 0)
		r = sys_setsockopt(n->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
	if (r == 0 && bind_file(n) < 0)
		r = bind_abstract(n);
	if (r < 0) {
		sys_close(n->fd);
		n->fd = -1;
	}
	return r;
}

void notify_close(const struct notify *n)
{
	if (n->name != NULL)
		(void)sys_unlinkat(n->dir, n->name, 0);
}

static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	return strncmp(line, key, len) == 0 ? line + len : NULL;
}

static void take_line(struct notify *n, const char *line)
{
	const char *value;
	long long number;

	if (strcmp(line, "READY=1") == 0) {
		n->ready = 1;
	} else if ((value = value_of(line, "STATUS=")) != NULL) {
		struct text t;

		text_begin(&t, n->status, sizeof n->status);
		text_shown(&t, value);
	} else if ((value = value_of(line, "ERRNO=")) != NULL) {
		if (text_number(value, 0, 4095, &number) == 0)
			n->error = (int)number;
	} else if ((value = value_of(line, "EXTEND_TIMEOUT_USEC=")) != NULL) {
		if (text_number(value, 0, LLONG_MAX, &number) == 0)
			n->extend_ms = number / 1000;
	}
}

static void take(struct notify *n, char *text)
{
	for (char *line = text, *end; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end != '\0')
			*end++ = '\0';
		take_line(n, line);
	}
}

/* The session counts, too: a daemon that started as root may have switched user. */
static int counts(const struct notify *n, const struct ucred *sender)
{
	pid_t session = n->daemon > 0 ? sys_getsid(n->daemon) : -1;

	return sender->uid == n->uid || sender->uid == 0 ||
	       (session > 0 && sender->pid > 0 && sys_getsid(sender->pid) == session);
}

/* HAZARD: a hostile daemon could send descriptors that are slow to close. There is
 * only room for the sender's credentials: the kernel does not install what does not
 * fit, and sets MSG_CTRUNC. */
void notify_read(struct notify *n)
{
	char text[MESSAGE_MAX + 1];
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;

	for (int read = 0; read < AT_ONCE; read++) {
		struct iovec part = { .iov_base = text, .iov_len = MESSAGE_MAX };
		struct msghdr message = { .msg_iov = &part,
			                  .msg_iovlen = 1,
			                  .msg_control = &control,
			                  .msg_controllen = sizeof control };
		struct ucred sender;
		ssize_t len = sys_recvmsg(n->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

		if (len == -EINTR)
			continue;
		if (len < 0)
			return;
		n->brought |= (message.msg_flags & MSG_CTRUNC) != 0;
		if (message.msg_controllen < CMSG_LEN(sizeof sender) ||
		    control.head.cmsg_level != SOL_SOCKET ||
		    control.head.cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&sender, CMSG_DATA(&control.head), sizeof sender);
		text[len] = '\0';
		if (counts(n, &sender) && (message.msg_flags & MSG_TRUNC) == 0)
			take(n, text);
	}
}

void notify_linger(struct notify *n)
{
	struct pollfd event = { .fd = n->fd, .events = POLLIN };

	if (!n->brought && sys_poll(&event, 1, LINGER_MS) > 0)
		notify_read(n);
}
