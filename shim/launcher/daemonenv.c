/* SPDX-License-Identifier: MIT */
#include "launcher/daemonenv.h"

#include "base/sys.h"
#include "base/text.h"
#include "launcher/envfile.h"
#include "launcher/envsource.h"
#include "launcher/preload.h"
#include "wire/plan.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define LISTEN_MAX 1024
#define ENVFILE_MAX (1 << 20) /* bytes */

static int no_memory(struct failure *why)
{
	return failure_set(why, STATUS_OSERR, ENOMEM, "unable to allocate memory");
}

static int is_ours(const char *assignment)
{
	return options_ours(assignment) ||
	       strncmp(assignment, PLAN_MARK "=", sizeof PLAN_MARK) == 0;
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

/* How many sockets were passed to this process? Without LISTEN_PID we assume that
 * they are meant for us: a shell script may have set LISTEN_FDS by hand. */
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
		if (is_ours(*envp) || (o->clearenv && !(listen->count > 0 && is_activation(*envp))))
			continue;
		if (environ_add(b, *envp) < 0)
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
	/* identifies the launcher's process, not the daemon's */
	environ_drop(b, "LISTEN_PIDFDID");
	return 0;
}

/* Where the lines of a file go. */
struct sink {
	struct environ_block *b;
	int distrusted; /* variables for the loader are refused */
};

static int put(void *ctx, char *assignment)
{
	const struct sink *sink = ctx;

	if (is_ours(assignment))
		return -EPERM;
	if (sink->distrusted && envsource_steers(assignment))
		return -EACCES;
	return environ_put(sink->b, assignment);
}

static int bad_line(const char *path, int error, const struct envfile_error *bad,
                    struct failure *why)
{
	char line[24];
	struct text t;

	if (error != -EINVAL && error != -EPERM && error != -EACCES)
		return no_memory(why);
	text_begin(&t, line, sizeof line);
	text_num(&t, (long long)bad->line);
	return failure_set(
		why, STATUS_CONFIG, 0, "unable to read environment file ", path, ": line ", line,
		": ",
		error == -EPERM ? "DAEMONIZE variables have no effect here"
		: error == -EACCES
			? "a variable for the loader, which would act before the switch "
			  "of user, in a file that not only root and the caller can write"
			: bad->reason);
}

int daemonenv_file(struct environ_block *b, const char *path, uid_t uid, int late,
                   struct failure *why)
{
	struct sink sink = { .b = b };
	struct envfile_error bad;
	char *text;
	ssize_t len;
	int fd, r;

	if (*path == '\0')
		return 0;
	text = environ_alloc(b, ENVFILE_MAX);
	if (text == NULL)
		return no_memory(why);
	fd = envsource_open(path, uid, &sink.distrusted, why);
	if (fd < 0)
		return -1;
	sink.distrusted = sink.distrusted && late;
	len = sys_read_all(fd, text, ENVFILE_MAX - 1);
	sys_close(fd);
	if (len < 0 || len == ENVFILE_MAX - 1)
		return failure_set(why, STATUS_CONFIG, len < 0 ? (int)-len : EFBIG,
		                   "unable to read environment file ", path);
	text[len] = '\0';
	r = envfile_parse(text, (size_t)len, put, &sink, &bad);
	return r < 0 ? bad_line(path, r, &bad, why) : 0;
}

int daemonenv_caller(struct environ_block *b, char *const *envp, const char *library,
                     struct failure *why)
{
	for (; *envp != NULL; envp++)
		if (!is_ours(*envp) && environ_add(b, *envp) < 0)
			return no_memory(why);
	return library != NULL ? daemonenv_without(b, library, why) : 0;
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
	environ_drop(b, "LD_PRELOAD"); /* is added again at the end */
	if (environ_set(b, "LD_PRELOAD",
	                others != NULL ? (const char *const[]){ others, ":", library, NULL }
	                               : (const char *const[]){ library, NULL }) < 0 ||
	    environ_put(b, mark_assignment) < 0)
		return no_memory(why);
	return 0;
}
