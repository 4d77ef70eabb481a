/* SPDX-License-Identifier: MIT */
#include "ready/sockets.h"

#include "base/sys.h"
#include "base/text.h"
#include "base/scan.h"
#include "ready/sockdiag.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

/* Of the kernel's tables; <linux/net.h> and <netinet/tcp.h> differ in what
 * they show of these from one libc to the next. */
enum { STATE_SYN_RECV = 0x03, STATE_CLOSE = 0x07, STATE_LISTEN = 0x0A };
#define ACCEPTS_CONNECTIONS 0x10000 /* __SO_ACCEPTCON */

enum { LOCAL = 1, REMOTE = 2, STATE = 3, INODE = 9, INET_FIELDS = 11 };
enum { FLAGS = 3, UNIX_INODE = 6, PATH = 7, UNIX_FIELDS = 8 };

enum answer { GO_ON, FOUND, NO_MORE };

struct look {
	const struct sockets *set;
	const struct listen_want *want;
	pid_t pid;
};
typedef enum answer judge(const struct look *l, char *line);

static int contains(const struct sockets *set, unsigned long long inode)
{
	for (unsigned i = 0; i < set->count; i++)
		if (set->inodes[i] == inode)
			return 1;
	return 0;
}

int sockets_add(struct sockets *set, unsigned long long inode)
{
	if (contains(set, inode))
		return 0;
	if (set->count == SOCKETS_MAX)
		return -1;
	set->inodes[set->count++] = inode;
	return 0;
}

static unsigned hex(const char *s)
{
	unsigned n = 0;

	for (;; s++) {
		if (*s >= '0' && *s <= '9')
			n = n * 16 + (unsigned)(*s - '0');
		else if (*s >= 'A' && *s <= 'F')
			n = n * 16 + (unsigned)(*s - 'A') + 10;
		else
			return n;
	}
}

/* The port of "ADDRESS:PORT". */
static unsigned port(const char *address)
{
	const char *colon = strchr(address, ':');

	return colon != NULL ? hex(colon + 1) : 0;
}

static int ours(const struct look *l, const char *inode)
{
	long long n;

	return text_number(inode, 1, LLONG_MAX, &n) == 0 && contains(l->set, (unsigned long long)n);
}

static enum answer judge_inet(const struct look *l, char **field)
{
	unsigned local = port(field[LOCAL]);

	if (local == 0 || (l->want->kind == LISTEN_PORT && local != l->want->port))
		return GO_ON;
	return ours(l, field[INODE]) ? FOUND : GO_ON;
}

static enum answer judge_tcp(const struct look *l, char *line)
{
	char *field[INET_FIELDS];
	unsigned state;

	if (text_fields(line, field, INET_FIELDS) <= INODE)
		return GO_ON;
	state = hex(field[STATE]);
	if (state == STATE_LISTEN)
		return judge_inet(l, field);
	/* Those that listen come first (Documentation/networking/proc_net_tcp),
	 * before 4.4 with their half open ones; a busy host has 100,000 more. */
	return state == STATE_SYN_RECV ? GO_ON : NO_MORE;
}

static enum answer judge_udp(const struct look *l, char *line)
{
	char *field[INET_FIELDS];

	if (text_fields(line, field, INET_FIELDS) <= INODE || hex(field[STATE]) != STATE_CLOSE ||
	    port(field[REMOTE]) != 0)
		return GO_ON;
	return judge_inet(l, field);
}

/* Is path, as process pid means it, the file that is wanted? It may have been
 * bound under a relative name, or in a chroot, or through a symbolic link. */
static int same_file(pid_t pid, const char *path, const char *wanted)
{
	char buf[256];
	struct text t;
	struct sys_stat a;
	struct sys_stat b;

	text_begin(&t, buf, sizeof buf);
	text_str(&t, "/proc/");
	text_num(&t, pid);
	text_str(&t, *path == '/' ? "/root" : "/cwd/");
	text_str(&t, path);
	return !t.cut && sys_stat(AT_FDCWD, buf, 0, &a) == 0 &&
	       sys_stat(AT_FDCWD, wanted, 0, &b) == 0 && sys_same(&a, &b);
}

static enum answer judge_unix(const struct look *l, char *line)
{
	char *field[UNIX_FIELDS];
	unsigned fields = text_fields(line, field, UNIX_FIELDS);

	if (fields <= UNIX_INODE || (hex(field[FLAGS]) & ACCEPTS_CONNECTIONS) == 0 ||
	    !ours(l, field[UNIX_INODE]))
		return GO_ON;
	if (l->want->kind == LISTEN_ANY)
		return FOUND;
	if (fields <= PATH)
		return GO_ON;
	if (strcmp(field[PATH], l->want->path) == 0)
		return FOUND;
	if (*field[PATH] == '@' || *l->want->path == '@')
		return GO_ON;
	return same_file(l->pid, field[PATH], l->want->path) ? FOUND : GO_ON;
}

static int table(const struct look *l, const char *name, judge *line_judge)
{
	struct scan s;
	struct text t;
	char path[64];
	char *line;
	enum answer answer = GO_ON;

	text_begin(&t, path, sizeof path);
	text_str(&t, "/proc/");
	text_num(&t, l->pid);
	text_str(&t, "/net/");
	text_str(&t, name);
	if (scan_open(&s, path) < 0)
		return 0;
	(void)scan_line(&s); /* the heading */
	while (answer == GO_ON && (line = scan_line(&s)) != NULL)
		answer = line_judge(l, line);
	scan_close(&s);
	return answer == FOUND;
}

static int is_ours(const void *ctx, unsigned local, unsigned long long inode)
{
	const struct look *l = ctx;

	return (l->want->kind != LISTEN_PORT || local == l->want->port) && contains(l->set, inode);
}

/* Asks, and reads the table where that is not to be had: the answer is about
 * our own network, and one family may be missing altogether. */
static int tcp_listening(const struct look *l, int our_network)
{
	int found = our_network ? sockdiag_tcp(AF_INET, is_ours, l) : -1;

	if (found == 0)
		found = sockdiag_tcp(AF_INET6, is_ours, l);
	if (found >= 0)
		return found;
	return table(l, "tcp", judge_tcp) || table(l, "tcp6", judge_tcp);
}

int sockets_listening(const struct sockets *set, pid_t pid, int our_network,
                      const struct listen_want *want)
{
	const struct look l = { .set = set, .want = want, .pid = pid };

	if (want->kind != LISTEN_UNIX &&
	    (table(&l, "udp", judge_udp) || table(&l, "udp6", judge_udp) ||
	     tcp_listening(&l, our_network)))
		return 1;
	return want->kind != LISTEN_PORT && table(&l, "unix", judge_unix);
}
