/* SPDX-License-Identifier: MIT */
/* What follows from several options together. */
#include "options/options.h"

#include "base/environ.h"
#include "base/report.h"
#include "base/sys.h"

static int too_long(const char *variable, const char *value)
{
	return options_refuse(variable, value, "makes a path of 4096 bytes or more");
}

/* *path = DIRECTORY + between + "/" + NAME + ENDING; 0, or -1 if that is too long. */
static int place(struct options *o, const char **path, const char *directory, const char *between,
                 const char *name, const char *ending)
{
	char *made = o->made[o->made_count++];
	struct text t;

	text_begin(&t, made, PATH_MAX);
	text_str(&t, directory);
	text_str(&t, between);
	text_str(&t, "/");
	text_str(&t, name);
	text_str(&t, ending);
	*path = made;
	return t.cut ? -1 : 0;
}

static int absolute(struct options *o, const char *variable, const char **path)
{
	const char *given = *path;
	char cwd[PATH_MAX];

	if (given[0] == '\0' || given[0] == '/')
		return 0;
	if (sys_getcwd(cwd, sizeof cwd) < 0)
		return options_refuse(variable, given,
		                      "an absolute path: the current directory has none");
	return place(o, path, cwd, "", given, "") < 0 ? too_long(variable, given) : 0;
}

static int absolute_paths(struct options *o)
{
	int wrong = absolute(o, "DAEMONIZE_PIDFILE", &o->pidfile) |
	            absolute(o, "DAEMONIZE_CHROOT", &o->chroot) |
	            absolute(o, "DAEMONIZE_ENVFILE", &o->envfile);

	if (o->chroot[0] == '\0')
		wrong |= absolute(o, "DAEMONIZE_WORKDIR", &o->workdir);
	if (o->out.kind == TO_FILE)
		wrong |= absolute(o, "DAEMONIZE_STDOUT", &o->out.arg);
	if (o->err.kind == TO_FILE)
		wrong |= absolute(o, "DAEMONIZE_STDERR", &o->err.arg);
	return wrong;
}

static int default_pidfile(struct options *o, char *const *envp)
{
	const char *runtime = sys_geteuid() == 0 ? "/run" : environ_get(envp, "XDG_RUNTIME_DIR");

	if (runtime == NULL || *runtime != '/')
		return options_refuse("DAEMONIZE_NAME", o->name,
		                      "needs XDG_RUNTIME_DIR or DAEMONIZE_PIDFILE to be set");
	return place(o, &o->pidfile, runtime, "", o->name, ".pid") < 0
	               ? too_long("DAEMONIZE_NAME", o->name)
	               : 0;
}

static int default_logfile(struct options *o, char *const *envp)
{
	const char *state = environ_get(envp, "XDG_STATE_HOME");
	const char *home = environ_get(envp, "HOME");
	int r = -1;

	o->logfile.kind = TO_FILE;
	o->own_log = 1;
	if (sys_geteuid() == 0)
		r = place(o, &o->logfile.arg, "/var/log", "", o->name, ".log");
	else if (state != NULL && *state == '/')
		r = place(o, &o->logfile.arg, state, "", o->name, ".log");
	else if (home != NULL && *home == '/')
		r = place(o, &o->logfile.arg, home, "/.local/state", o->name, ".log");
	if (r < 0)
		return options_refuse("DAEMONIZE_NAME", o->name,
		                      "needs XDG_STATE_HOME, HOME or DAEMONIZE_LOGFILE to be set");
	return 0;
}

int options_finish(struct options *o, char *const *envp)
{
	int wrong = 0;

	if (o->name[0] != '\0' && o->pidfile[0] == '\0')
		wrong |= default_pidfile(o, envp);
	if (o->name[0] != '\0' && o->logfile.kind == TO_UNSET)
		wrong |= default_logfile(o, envp);
	if (o->logfile.kind == TO_UNSET)
		o->logfile.kind = TO_NULL;
	if (o->out.kind == TO_UNSET)
		o->out = o->logfile;
	if (o->err.kind == TO_UNSET)
		o->err = o->logfile;
	wrong |= absolute_paths(o);
	if (o->reopen != 0 && o->out.kind != TO_FILE && o->err.kind != TO_FILE) {
		report_line("DAEMONIZE_REOPEN: needs a log file to reopen");
		wrong = -1;
	}
	if (o->ready.kind == READY_ALIVE && o->ready.alive_ms >= o->timeout_ms) {
		report_line("DAEMONIZE_READY: alive=SECONDS: less than DAEMONIZE_TIMEOUT (30)");
		wrong = -1;
	}
	return wrong;
}
