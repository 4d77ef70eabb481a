/* SPDX-License-Identifier: MIT */
#include "ready/listen.h"

#include "base/sys.h"
#include "base/text.h"
#include "base/scan.h"
#include "ready/sockets.h"

#include <limits.h>
#include <string.h>
#include <sys/types.h>

#define PROC_PATH 64
#define NETWORK_NAME 32

/* Sockets gathered from processes that see the same network. */
struct search {
	const struct listen_want *want;
	struct sockets set;
	pid_t pid;                  /* one of those processes */
	char network[NETWORK_NAME]; /* its name for that network: "net:[4026531840]" */
};

/* "/proc/PID/WHAT" */
static void proc_path(char out[PROC_PATH], pid_t pid, const char *what)
{
	struct text t;

	text_begin(&t, out, PROC_PATH);
	text_str(&t, "/proc/");
	text_num(&t, pid);
	text_str(&t, "/");
	text_str(&t, what);
}

/* The name of a network namespace. Returns whether there is one. */
static int read_network(const char *path, char out[NETWORK_NAME])
{
	ssize_t len = sys_readlinkat(AT_FDCWD, path, out, NETWORK_NAME - 1);

	out[len > 0 ? len : 0] = '\0';
	return len > 0;
}

/* Looks up what has been gathered, and begins anew. */
static int look_up(struct search *s)
{
	char ours[sizeof s->network];
	int ours_too = read_network("/proc/self/ns/net", ours) && strcmp(ours, s->network) == 0;
	int found = sockets_listening(&s->set, s->pid, ours_too, s->want);

	s->set.count = 0;
	return found;
}

/* From here on sockets of pid are gathered. Those of before stay, unless
 * pid lives in another network namespace and sees other tables. */
static int enter(struct search *s, pid_t pid)
{
	char path[PROC_PATH];
	char network[NETWORK_NAME];
	int found = 0;

	proc_path(path, pid, "ns/net");
	if (!read_network(path, network) || strcmp(network, s->network) != 0)
		found = s->set.count > 0 ? look_up(s) : 0;
	memcpy(s->network, network, sizeof network);
	s->pid = pid;
	return found;
}

/* The inode behind "socket:[INODE]", 0 for other links. */
static unsigned long long socket_inode(int dir, const char *name)
{
	static const char prefix[] = "socket:[";
	char link[48];
	long long inode;
	ssize_t len = sys_readlinkat(dir, name, link, sizeof link - 1);

	if (len <= (ssize_t)sizeof prefix || strncmp(link, prefix, sizeof prefix - 1) != 0)
		return 0;
	link[len - 1] = '\0'; /* the bracket */
	if (text_number(link + sizeof prefix - 1, 1, LLONG_MAX, &inode) < 0)
		return 0;
	return (unsigned long long)inode;
}

/* Gathers the sockets of pid, looking up whenever there is no room for
 * more. Returns 1 found, 0 not among those looked up, or -errno. */
static int gather(struct search *s, pid_t pid)
{
	struct scan fds;
	char path[PROC_PATH];
	const char *name;
	int entered = 0;
	int found;

	proc_path(path, pid, "fd");
	found = scan_open(&fds, path);
	if (found < 0)
		return found;
	while (!found && (name = scan_entry(&fds)) != NULL) {
		unsigned long long inode = socket_inode(fds.fd, name);

		if (inode == 0)
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

/* The other processes of the session. One getsid(2) a process is less than
 * descending through /proc/PID/task/TID/children, needs no kernel option,
 * and finds those whose parent is gone. 1 found, 0 not, or -errno. */
static int gather_session(struct search *s, pid_t session, pid_t but)
{
	struct scan processes;
	const char *name;
	int found = scan_open(&processes, "/proc");

	if (found < 0)
		return found;
	while (found != 1 && (name = scan_entry(&processes)) != NULL) {
		long long pid;

		if (text_number(name, 1, INT_MAX, &pid) == 0 && pid != but &&
		    sys_getsid((pid_t)pid) == session)
			found = gather(s, (pid_t)pid);
	}
	scan_close(&processes);
	return found == 1;
}

int listen_ready(pid_t daemon, const struct listen_want *want)
{
	struct search s = { .want = want };
	pid_t session = sys_getsid(daemon);
	int found;

	if (session < 0)
		return session;
	found = gather(&s, daemon);
	if (found == 0 && s.set.count > 0)
		found = look_up(&s);
	if (found == 0)
		found = gather_session(&s, session, daemon);
	if (found == 0 && s.set.count > 0)
		found = look_up(&s);
	return found;
}
