/* SPDX-License-Identifier: MIT */
#include "ready/sockets.h"

#include "base/process.h"
#include "base/scan.h"
#include "base/sys.h"
#include "base/text.h"
#include "ready/sockdiag.h"

#include <limits.h>
#include <string.h>

/* Of the kernel's tables; which of these <linux/net.h> and <netinet/tcp.h> define
 * differs between libcs. */
enum { STATE_SYN_RECV = 0x03, STATE_CLOSE = 0x07, STATE_LISTEN = 0x0A };
#define ACCEPTS_CONNECTIONS 0x10000 /* __SO_ACCEPTCON */

enum { LOCAL = 1, REMOTE = 2, STATE = 3, UID = 7, INODE = 9, INET_FIELDS = 11 };
enum { FLAGS = 3, UNIX_INODE = 6, PATH = 7, UNIX_FIELDS = 8 };

/* The kernel's default for the first ephemeral port. */
#define CLIENTS_FROM 32768

enum verdict { GO_ON, FOUND, NO_MORE };

struct look {
	const struct sockets_wanted *wanted;
	struct sockets *list; /* not NULL: all are added to it, and none counts as found */
	unsigned clients_from;
	pid_t pid;
};
typedef enum verdict judge(const struct look *l, char *line);

int sockets_contain(const struct sockets *set, unsigned long long inode)
{
	for (unsigned i = 0; i < set->count; i++)
		if (set->inodes[i] == inode)
			return 1;
	return 0;
}

int sockets_add(struct sockets *set, unsigned long long inode)
{
	if (sockets_contain(set, inode))
		return 0;
	if (set->count == SOCKETS_MAX)
		return -1;
	set->inodes[set->count++] = inode;
	return 0;
}

static int owns(const struct owners *owners, uid_t uid)
{
	for (unsigned i = 0; owners != NULL && i < owners->count; i++)
		if (owners->uids[i] == uid)
			return 1;
	return 0;
}

/* Called for each socket that listens as wanted, on port local: is it one of those to
 * look for? */
static enum verdict judge_socket(const struct look *l, unsigned long long inode, uid_t owner,
                                 unsigned local)
{
	const struct sockets_wanted *w = l->wanted;

	if (l->list != NULL) {
		(void)sockets_add(l->list, inode);
		return GO_ON;
	}
	if (w->set != NULL ? !sockets_contain(w->set, inode)
	                   : !owns(w->owners, owner) || sockets_contain(w->barred, inode))
		return GO_ON;
	if (w->port != NULL)
		*w->port = local;
	return FOUND;
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

/* The port in "ADDRESS:PORT", both in hexadecimal; 0: there is none. */
static unsigned port(const char *address)
{
	const char *colon = strchr(address, ':');

	return colon != NULL ? hex(colon + 1) : 0;
}

/* A decimal number in a table; -1 if it is none. */
static long long number(const char *field)
{
	long long n;

	return text_number(field, 0, LLONG_MAX, &n) == 0 ? n : -1;
}

static enum verdict judge_inet(const struct look *l, char **field, unsigned below)
{
	const struct listen_want *want = l->wanted->want;
	const long long inode = number(field[INODE]);
	unsigned local = port(field[LOCAL]);

	if (local == 0 || inode <= 0)
		return GO_ON;
	if (want->kind == LISTEN_PORT ? local != want->port : local >= below)
		return GO_ON;
	return judge_socket(l, (unsigned long long)inode, (uid_t)number(field[UID]), local);
}

static enum verdict judge_tcp(const struct look *l, char *line)
{
	char *field[INET_FIELDS];
	unsigned state;

	if (text_fields(line, field, INET_FIELDS) <= INODE)
		return GO_ON;
	state = hex(field[STATE]);
	if (state == STATE_LISTEN)
		return judge_inet(l, field, UINT_MAX);
	/* Listening sockets come first (Documentation/networking/proc_net_tcp),
	 * before Linux 4.4 together with their half-open connections. A busy host
	 * has 100,000 more lines. */
	return state == STATE_SYN_RECV ? GO_ON : NO_MORE;
}

static enum verdict judge_udp(const struct look *l, char *line)
{
	char *field[INET_FIELDS];

	if (text_fields(line, field, INET_FIELDS) <= INODE || hex(field[STATE]) != STATE_CLOSE ||
	    port(field[REMOTE]) != 0)
		return GO_ON;
	return judge_inet(l, field, l->clients_from);
}

/* Does path, as process pid sees it, name the wanted file? The socket may have been
 * bound by a relative path, in a chroot, or through a symbolic link. */
static int same_file(pid_t pid, const char *path, const char *wanted)
{
	char buf[256];
	struct sys_stat a, b;
	struct text t;

	process_path(buf, pid, *path == '/' ? "root" : "cwd/");
	text_begin(&t, buf + strlen(buf), sizeof buf - strlen(buf));
	text_str(&t, path);
	return !t.cut && sys_stat(AT_FDCWD, buf, 0, &a) == 0 &&
	       sys_stat(AT_FDCWD, wanted, 0, &b) == 0 && sys_same(&a, &b);
}

/* The table does not name a socket's owner: it is assumed to be the file's. An
 * abstract name has no owner, and is taken to be a wanted user's. */
static uid_t path_owner(const struct look *l, const char *path)
{
	struct sys_stat file;

	if (*path != '@' && sys_stat(AT_FDCWD, path, 0, &file) == 0)
		return file.uid;
	return l->wanted->owners != NULL ? l->wanted->owners->uids[0] : 0;
}

static enum verdict judge_unix(const struct look *l, char *line)
{
	const struct listen_want *want = l->wanted->want;
	char *field[UNIX_FIELDS];
	unsigned fields = text_fields(line, field, UNIX_FIELDS);
	long long inode;

	if (fields <= UNIX_INODE || (hex(field[FLAGS]) & ACCEPTS_CONNECTIONS) == 0)
		return GO_ON;
	inode = number(field[UNIX_INODE]);
	if (inode <= 0)
		return GO_ON;
	if (l->wanted->set != NULL && !sockets_contain(l->wanted->set, (unsigned long long)inode))
		return GO_ON; /* before the files are looked at */
	if (want->kind == LISTEN_ANY)
		return judge_socket(l, (unsigned long long)inode, 0, 0);
	if (fields <= PATH)
		return GO_ON;
	if (strcmp(field[PATH], want->path) != 0 && (*field[PATH] == '@' || *want->path == '@' ||
	                                             !same_file(l->pid, field[PATH], want->path)))
		return GO_ON;
	return judge_socket(l, (unsigned long long)inode, path_owner(l, want->path), 0);
}

static int table(const struct look *l, const char *name, judge *line_judge)
{
	char path[PROCESS_PATH], what[16], *line;
	enum verdict verdict = GO_ON;
	struct scan s;
	struct text t;

	text_begin(&t, what, sizeof what);
	text_str(&t, "net/");
	text_str(&t, name);
	process_path(path, l->pid, what);
	if (scan_open(&s, path) < 0)
		return 0;
	(void)scan_line(&s); /* the heading */
	while (verdict == GO_ON && (line = scan_line(&s)) != NULL)
		verdict = line_judge(l, line);
	scan_close(&s);
	return verdict == FOUND;
}

static int judge_answer(const void *ctx, unsigned local, unsigned long long inode, uid_t owner)
{
	const struct look *l = ctx;
	const struct listen_want *want = l->wanted->want;

	return (want->kind != LISTEN_PORT || local == want->port) &&
	       judge_socket(l, inode, owner, local) == FOUND;
}

/* Asks sock_diag, and reads the tables if that is impossible: it knows only our own
 * network namespace, and the kernel may lack one address family. */
static int tcp_listening(const struct look *l, int our_network)
{
	int found = our_network ? sockdiag_tcp(AF_INET, judge_answer, l) : -1;

	if (found == 0)
		found = sockdiag_tcp(AF_INET6, judge_answer, l);
	if (found >= 0)
		return found;
	return table(l, "tcp", judge_tcp) || table(l, "tcp6", judge_tcp);
}

/* The first ephemeral port. */
static unsigned clients_from(void)
{
	char buf[32];
	long long from;

	if (sys_read_file("/proc/sys/net/ipv4/ip_local_port_range", buf, sizeof buf) <= 0)
		return CLIENTS_FROM;
	buf[strspn(buf, "0123456789")] = '\0';
	return text_number(buf, 1, UINT_MAX, &from) == 0 ? (unsigned)from : CLIENTS_FROM;
}

static int listening(struct look *l, int our_network)
{
	const enum listen_kind kind = l->wanted->want->kind;

	l->clients_from = kind == LISTEN_ANY ? clients_from() : UINT_MAX;
	if (kind != LISTEN_UNIX && (table(l, "udp", judge_udp) || table(l, "udp6", judge_udp) ||
	                            tcp_listening(l, our_network)))
		return 1;
	return kind != LISTEN_PORT && table(l, "unix", judge_unix);
}

int sockets_listening(const struct sockets_wanted *wanted, pid_t pid, int our_network)
{
	struct look l = { .wanted = wanted, .pid = pid };

	return listening(&l, our_network);
}

void sockets_list(struct sockets *set, const struct listen_want *want)
{
	const struct sockets_wanted wanted = { .want = want };
	struct look l = { .wanted = &wanted, .list = set, .pid = sys_getpid() };

	(void)listening(&l, 1);
}
