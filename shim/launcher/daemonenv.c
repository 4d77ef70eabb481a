/* SPDX-License-Identifier: MIT */
#include "launcher/daemonenv.h"

#include "base/sys.h"
#include "base/text.h"
#include "launcher/envfile.h"
#include "launcher/preload.h"
#include "wire/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#define LISTEN_MAX 1024
#define ENVFILE_MAX (1 << 20) /* bytes */

static int no_memory(struct failure *why)
{
	return failure_set(why, STATUS_OSERR, ENOMEM, "unable to allocate memory");
}

static int is_activation(const char *assignment)
{
	return strncmp(assignment, "LISTEN_FDS=", 11) == 0 ||
	       strncmp(assignment, "LISTEN_FDNAMES=", 15) == 0;
}

static int all_open(long long count)
{
	for (int fd = 3; fd < 3 + count; fd++)
		if (sys_fcntl(fd, F_GETFD, 0) < 0)
			return 0;
	return 1;
}

/* How many sockets were passed to this very process. Without LISTEN_PID we
 * take them as meant for us: made by hand, in a shell. */
static unsigned activated(char *const *envp)
{
	const char *fds = environ_get(envp, "LISTEN_FDS");
	const char *pid = environ_get(envp, "LISTEN_PID");
	long long count, whose;

	if (fds == NULL || text_number(fds, 1, LISTEN_MAX, &count) < 0)
		return 0;
	if (pid != NULL && (text_number(pid, 1, INT_MAX, &whose) < 0 || whose != sys_getpid()))
		return 0;
	return all_open(count) ? (unsigned)count : 0;
}

int daemonenv_base(struct environ_block *b, char *const *envp, const struct options *o,
                   struct daemonenv_listen *listen, struct failure *why)
{
	static const char key[] = "LISTEN_PID=";

	*listen = (struct daemonenv_listen){ .count = activated(envp) };
	for (; *envp != NULL; envp++) {
		if (options_ours(*envp) || strncmp(*envp, PLAN_MARK "=", sizeof PLAN_MARK) == 0 ||
		    (o->clearenv && !(listen->count > 0 && is_activation(*envp))))
			continue;
		if (environ_put(b, *envp) < 0)
			return no_memory(why);
	}
	if (listen->count == 0)
		return 0;
	listen->pid = environ_alloc(b, sizeof key + 20);
	if (listen->pid == NULL)
		return no_memory(why);
	memcpy(listen->pid, key, sizeof key);
	if (environ_put(b, listen->pid) < 0)
		return no_memory(why);
	listen->pid += sizeof key - 1;
	/* systemd's stronger word for the same, of the old pid */
	environ_drop(b, "LISTEN_PIDFDID");
	return 0;
}

static int put(void *b, char *assignment)
{
	if (!options_ours(assignment) && strncmp(assignment, PLAN_MARK "=", sizeof PLAN_MARK) != 0)
		return environ_put(b, assignment);
	return -EPERM;
}

int daemonenv_file(struct environ_block *b, const char *path, struct failure *why)
{
	struct envfile_error error;
	char *text, line[24];
	struct text t;
	ssize_t len;
	int r;

	if (*path == '\0')
		return 0;
	text = environ_alloc(b, ENVFILE_MAX);
	if (text == NULL)
		return no_memory(why);
	len = sys_read_file(path, text, ENVFILE_MAX);
	if (len < 0)
		return failure_set(why, STATUS_CONFIG, (int)-len,
		                   "unable to read environment file ", path);
	if (len == ENVFILE_MAX - 1)
		return failure_set(why, STATUS_CONFIG, EFBIG, "unable to read environment file ",
		                   path);
	r = envfile_parse(text, (size_t)len, put, b, &error);
	if (r == 0)
		return 0;
	if (r != -EINVAL && r != -EPERM)
		return no_memory(why);
	text_begin(&t, line, sizeof line);
	text_num(&t, (long long)error.line);
	return failure_set(
		why, STATUS_CONFIG, 0, "unable to read environment file ", path, ": line ", line,
		": ", r == -EPERM ? "it is too late for DAEMONIZE variables here" : error.reason);
}

int daemonenv_without(struct environ_block *b, const char *library, struct failure *why)
{
	const char *list = environ_get(b->vars, "LD_PRELOAD");
	char *others;

	if (list == NULL)
		return 0;
	others = environ_alloc(b, strlen(list) + 1);
	if (others == NULL)
		return no_memory(why);
	preload_others(list, library, others);
	environ_drop(b, "LD_PRELOAD");
	if (*others != '\0' &&
	    environ_set(b, "LD_PRELOAD", (const char *const[]){ others, NULL }) < 0)
		return no_memory(why);
	return 0;
}

int daemonenv_finish(struct environ_block *b, const char *notify_socket, const char *library,
                     char *mark_assignment, struct failure *why)
{
	const char *others;

	if (notify_socket != NULL &&
	    environ_set(b, "NOTIFY_SOCKET", (const char *const[]){ notify_socket, NULL }) < 0)
		return no_memory(why);
	if (library == NULL)
		return 0;
	others = environ_get(b->vars, "LD_PRELOAD");
	environ_drop(b, "LD_PRELOAD"); /* for the place at the end */
	if (environ_set(b, "LD_PRELOAD",
	                others != NULL ? (const char *const[]){ others, ":", library, NULL }
	                               : (const char *const[]){ library, NULL }) < 0 ||
	    environ_put(b, mark_assignment) < 0)
		return no_memory(why);
	return 0;
}
