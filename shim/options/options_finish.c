/* SPDX-License-Identifier: MIT */
/* Defaults and checks that depend on several options. */
#include "options/options.h"

#include "base/environ.h"
#include "base/instance.h"
#include "base/report.h"
#include "base/sys.h"

#include <limits.h>
#include <string.h>

/* Copies the path t, which comes of this variable, into memory and points *out to
 * the copy. Returns 0, or a negative value after reporting why not. */
static int put(struct environ_block *memory, const struct text *t, const char *variable,
               const char *value, const char **out)
{
	size_t size = (size_t)(t->at - t->start) + 1;
	char *copy;

	if (t->cut)
		return options_refuse(variable, value, "makes a path of 4096 bytes or more");
	copy = environ_alloc(memory, size);
	if (copy == NULL) {
		report_line("unable to allocate memory");
		return -1;
	}
	*out = memcpy(copy, t->start, size);
	return 0;
}

static int absolute(struct environ_block *memory, const char *variable, const char **path)
{
	char cwd[PATH_MAX], joined[PATH_MAX];
	struct text t;

	if (**path == '\0' || **path == '/')
		return 0;
	if (sys_getcwd(cwd, sizeof cwd) < 0)
		return options_refuse(variable, *path,
		                      "an absolute path: the current directory has none");
	text_begin(&t, joined, sizeof joined);
	text_str(&t, cwd);
	text_str(&t, "/");
	text_str(&t, *path);
	return put(memory, &t, variable, *path, path);
}

/* Returns the address of the path in a row's option; NULL if it has none, or one
 * inside the chroot. */
static const char **path_of(struct options *o, const struct setting *row)
{
	void *field = (char *)o + row->field;
	struct destination *to = field;

	if (row->parse == value_path)
		return field == &o->workdir && o->chroot[0] != '\0' ? NULL : field;
	if (row->parse != value_destination && row->parse != value_input)
		return NULL;
	return to->kind == TO_FILE ? &to->arg : NULL;
}

static int absolute_paths(struct options *o, struct environ_block *memory)
{
	char variable[OPTIONS_VARIABLE];
	int wrong = 0;

	for (unsigned i = 0; i < options_count; i++) {
		const char **path = path_of(o, &options_table[i]);

		if (path != NULL)
			wrong |= absolute(memory, options_variable(&options_table[i], variable),
			                  path);
	}
	return wrong;
}

static int default_pidfile(struct options *o, struct environ_block *memory, char *const *envp)
{
	const char *directory = instance_directory(envp);
	char path[PATH_MAX];
	struct text t;

	if (directory == NULL)
		return options_refuse("DAEMONIZE_NAME", o->name,
		                      "needs XDG_RUNTIME_DIR or DAEMONIZE_PIDFILE to be set");
	text_begin(&t, path, sizeof path);
	instance_pidfile(&t, directory, o->name);
	return put(memory, &t, "DAEMONIZE_NAME", o->name, &o->pidfile);
}

static int default_logfile(struct options *o, struct environ_block *memory, char *const *envp)
{
	char path[PATH_MAX];
	struct text t;

	o->logfile.kind = TO_FILE;
	o->own_log = 1;
	text_begin(&t, path, sizeof path);
	if (instance_logfile(&t, envp, o->name) < 0)
		return options_refuse("DAEMONIZE_NAME", o->name,
		                      "needs XDG_STATE_HOME, HOME or DAEMONIZE_LOGFILE to be set");
	return put(memory, &t, "DAEMONIZE_NAME", o->name, &o->logfile.arg);
}

static int defaults(struct options *o, struct environ_block *memory, char *const *envp)
{
	int wrong = 0;

	if (o->name[0] != '\0' && o->pidfile[0] == '\0')
		wrong |= default_pidfile(o, memory, envp);
	/* In the foreground, streams that were not set stay the caller's. */
	if (o->foreground && o->logfile.kind == TO_UNSET)
		o->logfile.kind = TO_INHERIT;
	if (o->foreground && o->in.kind == TO_UNSET)
		o->in.kind = TO_INHERIT;
	if (o->name[0] != '\0' && o->logfile.kind == TO_UNSET)
		wrong |= default_logfile(o, memory, envp);
	if (o->logfile.kind == TO_UNSET)
		o->logfile.kind = TO_NULL;
	return wrong;
}

/* Values that are valid, but not together. */
static int contradictions(const struct options *o)
{
	int wrong = 0;

	if (o->reopen != 0 && !o->foreground && o->out.kind != TO_FILE && o->err.kind != TO_FILE) {
		report_line("DAEMONIZE_REOPEN: needs a log file to reopen");
		wrong = -1;
	}
	if (o->ready.kind == READY_MAIN &&
	    (o->forks.kind == FORKS_MUST || o->forks.kind == FORKS_FILE)) {
		report_line("DAEMONIZE_READY: 'main': is too early to follow a program into the "
		            "background, as DAEMONIZE_FORKS asks");
		wrong = -1;
	}
	for (int i = 0; i < o->keep.count; i++)
		if (o->ready.kind == READY_LINE && o->keep.fd[i] == o->ready.line_fd) {
			report_line("DAEMONIZE_READY: the descriptor is one of DAEMONIZE_KEEP_FDS");
			wrong = -1;
		}
	if (o->ready.kind == READY_ALIVE && o->ready.alive_ms >= o->timeout_ms) {
		char alive[32], timeout[32];
		struct text t;

		text_begin(&t, alive, sizeof alive);
		text_ms(&t, o->ready.alive_ms);
		text_begin(&t, timeout, sizeof timeout);
		text_ms(&t, o->timeout_ms);
		report_line("DAEMONIZE_READY: 'alive=", alive, "': less than DAEMONIZE_TIMEOUT (",
		            timeout, ")");
		wrong = -1;
	}
	return wrong;
}

int options_finish(struct options *o, struct environ_block *memory, char *const *envp)
{
	int wrong = defaults(o, memory, envp) | absolute_paths(o, memory);

	if (o->out.kind == TO_UNSET)
		o->out = o->logfile;
	if (o->err.kind == TO_UNSET)
		o->err = o->logfile;
	return wrong | contradictions(o);
}
