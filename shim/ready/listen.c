/* SPDX-License-Identifier: MIT */
#include "ready/listen.h"

#include "base/process.h"
#include "base/scan.h"
#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/types.h>

#define NETWORK_NAME 32

/* Sockets collected from processes in one network namespace. */
struct search {
	const struct listen *listen;
	const struct listen_want *want;
	unsigned port; /* of the socket that was found; 0: it has a path */
	struct sockets set;
	pid_t pid;                  /* one of these processes */
	char network[NETWORK_NAME]; /* the namespace's name, "net:[4026531840]" */
	struct owners hidden;       /* owners of processes that hide their sockets from us */
};

/* Reads the name of a network namespace. Returns false if there is none. */
static int read_network(const char *path, char out[NETWORK_NAME])
{
	ssize_t len = sys_readlinkat(AT_FDCWD, path, out, NETWORK_NAME - 1);

	out[len > 0 ? len : 0] = '\0';
	return len > 0;
}

/* Does one of the collected sockets listen? Empties the set. */
static int look_up(struct search *s)
{
	/* cppcheck-suppress ctuuninitvar */
	const struct sockets_wanted wanted = { .want = s->want, .set = &s->set, .port = &s->port };
	char ours[sizeof s->network];
	int ours_too = read_network("/proc/self/ns/net", ours) && strcmp(ours, s->network) == 0;
	int found = s->set.count > 0 && sockets_listening(&wanted, s->pid, ours_too);

	s->set.count = 0;
	return found;
}

/* Prepares to collect the sockets of pid. If pid is in another network namespace
 * than the last process, other tables apply: the sockets collected so far are
 * looked up first. Returns whether one of them listens. */
static int enter(struct search *s, pid_t pid)
{
	char path[PROCESS_PATH];
	char network[NETWORK_NAME];
	int found = 0;

	process_path(path, pid, "ns/net");
	if (!read_network(path, network) || strcmp(network, s->network) != 0)
		found = look_up(s);
	memcpy(s->network, network, sizeof network);
	s->pid = pid;
	return found;
}

/* The inode in "socket:[INODE]"; 0 for another link, or -EACCES. */
static long long socket_inode(int dir, const char *name)
{
	static const char prefix[] = "socket:[";
	char link[48];
	long long inode;
	ssize_t len = sys_readlinkat(dir, name, link, sizeof link - 1);

	if (len <= (ssize_t)sizeof prefix || strncmp(link, prefix, sizeof prefix - 1) != 0)
		return len == -EACCES ? len : 0;
	link[len - 1] = '\0'; /* the closing bracket */
	return text_number(link + sizeof prefix - 1, 1, LLONG_MAX, &inode) < 0 ? 0 : inode;
}

/* Collects the sockets of pid, and looks them up whenever the set is full. Returns
 * 1 if one listens; 0 if none of those looked up does; or -errno: without
 * CAP_SYS_PTRACE root can list another user's descriptors, but not read the links. */
static int gather(struct search *s, pid_t pid)
{
	struct scan fds;
	char path[PROCESS_PATH];
	const char *name;
	int entered = 0;
	int found;

	process_path(path, pid, "fd");
	found = scan_open(&fds, path);
	if (found < 0)
		return found;
	while (!found && (name = scan_entry(&fds)) != NULL) {
		const long long link = socket_inode(fds.fd, name);
		const unsigned long long inode = (unsigned long long)link;

		if (link < 0)
			found = (int)link;
		if (link <= 0 || sockets_contain(&s->listen->barred, inode))
			continue;
		if (!entered)
			found = enter(s, pid);
		entered = 1;
		if (!found && sockets_add(&s->set, inode) < 0) {
			found = look_up(s);
			(void)sockets_add(&s->set, inode);
		}
	}
	scan_close(&fds);
	return found;
}

/* Notes the owner of a process that hides its sockets. One that is exiting is
 * ignored: it hides its descriptors from all but root. */
static void hide(struct search *s, pid_t pid)
{
	uid_t real, effective;

	if (process_ending(pid) || process_owner(pid, &real, &effective) < 0 ||
	    s->hidden.count + 2 > OWNERS_MAX)
		return;
	s->hidden.uids[s->hidden.count++] = effective;
	s->hidden.uids[s->hidden.count++] = real;
}

/* Is there a wanted socket owned by the user of a process that hides its sockets?
 * Or by our user, as whom the process may have created it. */
static int look_up_hidden(struct search *s)
{
	const struct sockets_wanted wanted = { .want = s->want,
		                               .owners = &s->hidden,
		                               .barred = &s->listen->barred };

	if (wanted.want->kind == LISTEN_ANY)
		return -EACCES;
	if (s->hidden.count < OWNERS_MAX)
		s->hidden.uids[s->hidden.count++] = sys_geteuid();
	return sockets_listening(&wanted, sys_getpid(), 1);
}

void listen_begin(struct listen *l, const struct listen_want *want)
{
	struct scan fds;
	const char *name;

	l->want = want;
	l->barred.count = 0;
	if (want->kind != LISTEN_ANY)
		sockets_list(&l->barred, want);
	if (scan_open(&fds, "/proc/self/fd") < 0)
		return;
	while ((name = scan_entry(&fds)) != NULL) {
		const long long inode = socket_inode(fds.fd, name);

		if (inode > 0)
			(void)sockets_add(&l->barred, (unsigned long long)inode);
	}
	scan_close(&fds);
}

static int find(const struct listen *l, const struct listen_want *want, const struct family *family,
                unsigned *port)
{
	struct search s; /* not zeroed: it is large, and this is called often */
	int found = 0;

	s.listen = l;
	s.want = want;
	s.port = 0;
	s.set.count = s.hidden.count = 0;
	s.network[0] = '\0';
	for (unsigned i = 0; i < family->count && found != 1; i++) {
		if (family->kin[i].ended)
			continue;
		found = gather(&s, family->kin[i].pid);
		if (found == -EACCES)
			hide(&s, family->kin[i].pid);
	}
	if (found != 1)
		found = look_up(&s);
	if (found == 0 && s.hidden.count > 0)
		found = look_up_hidden(&s);
	*port = s.port;
	return found;
}

int listen_ready(const struct listen *l, const struct family *family)
{
	unsigned port;

	return find(l, l->want, family, &port);
}

unsigned listen_port(const struct listen *l, const struct family *family)
{
	static const struct listen_want any = { .kind = LISTEN_ANY };
	unsigned port;

	return find(l, &any, family, &port) > 0 ? port : 0;
}
