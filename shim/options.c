/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "environ.h"
#include "pidfile.h"
#include "report.h"

#include <string.h>
#include <unistd.h>

#define PREFIX "DAEMONIZE"
#define PREFIX_LEN (sizeof PREFIX - 1)
#define DEFAULT_TIMEOUT_MS 30000
#define DEFAULT_LOG_MODE 0640

#define A_FLAG "1 or 0"
#define A_PATH "a path, below 4096 bytes, without control characters"
#define A_MODE "an octal mode, 0 to 07777"
#define A_TIME "seconds above 0, fractions allowed"
#define A_DESTINATION "a path, inherit, null, journal or |command"
#define FIELD(member) offsetof(struct options, member)

const struct option options_table[] = {
	{ "", 0, NULL, A_FLAG, "daemonize with defaults; 0: do nothing", value_flag, FIELD(on) },
	{ "NAME", 'n', "NAME", "letters, digits and _ . @ -, not beginning with . or -",
	  "instance name: pid file and log get their usual places", value_name, FIELD(name) },
	{ "PIDFILE", 'p', "PATH", A_PATH, "pid file, locked while the daemon lives", value_path,
	  FIELD(pidfile) },
	{ "PIDFILE_MODE", 0, "MODE", A_MODE, "mode of a new pid file (0644)", value_octal,
	  FIELD(pidfile_mode) },
	{ "LOGFILE", 'l', "DEST", A_DESTINATION,
	  "where stdout and stderr go: a path, inherit, null, journal, |command",
	  value_destination, FIELD(logfile) },
	{ "STDOUT", 0, "DEST", A_DESTINATION, "where stdout goes", value_destination, FIELD(out) },
	{ "STDERR", 0, "DEST", A_DESTINATION, "where stderr goes", value_destination, FIELD(err) },
	{ "LOGFILE_MODE", 0, "MODE", A_MODE, "mode of a new log file (0640)", value_octal,
	  FIELD(logfile_mode) },
	{ "WORKDIR", 'd', "PATH", A_PATH, "working directory, inside the chroot if there is one",
	  value_path, FIELD(workdir) },
	{ "CHROOT", 0, "PATH", A_PATH, "root directory", value_path, FIELD(chroot) },
	{ "UMASK", 0, "MASK", "an octal mask, 0 to 0777", "umask", value_mask, FIELD(umask) },
	{ "USER", 'u', "USER[:GROUP]", "user, user:group or :group, names or numbers",
	  "user and group to run as", value_string, FIELD(user) },
	{ "GROUPS", 0, "LIST", "a comma list of groups, or empty",
	  "supplementary groups (the user's own)", value_any, FIELD(groups) },
	{ "CLEARENV", 0, NULL, A_FLAG, "begin with an empty environment", value_flag,
	  FIELD(clearenv) },
	{ "ENVFILE", 0, "PATH", A_PATH, "add the KEY=VALUE lines of a file to the environment",
	  value_path, FIELD(envfile) },
	{ "ARGV0", 0, "NAME", "a text, not empty, without control characters",
	  "replaces argv[0]", value_string, FIELD(argv0) },
	{ "KEEP_FDS", 0, "LIST", "a comma list of descriptors from 3, or all",
	  "descriptors handed on to the daemon", value_fds, FIELD(keep) },
	{ "READY", 'r', "WHEN", "main, notify, listen, listen=PORT, listen=/PATH or alive=SECONDS",
	  "when it counts as started (main)", value_ready, FIELD(ready) },
	{ "TIMEOUT", 't', "SECONDS", A_TIME, "how long readiness is waited for (30)",
	  value_seconds, FIELD(timeout_ms) },
	{ "LINEBUF", 0, NULL, A_FLAG, "line buffered stdout, as stdbuf -oL", value_flag,
	  FIELD(linebuf) },
	{ "REOPEN", 0, "SIGNAL", "a signal that can be caught, such as USR1",
	  "signal on which the log files are reopened", value_signal, FIELD(reopen) },
	{ "VERBOSE", 'v', NULL, A_FLAG, "show each step", value_flag, FIELD(verbose) },
	{ "COMMANDS", 0, "LIST", "WORD=SIGNAL pairs", "own command names of dsig", value_any,
	  FIELD(commands) },
};
const unsigned options_count = sizeof options_table / sizeof options_table[0];

/* ---- names */

/* The part after DAEMONIZE_, empty for DAEMONIZE itself; NULL: not ours. */
static const char *suffix(const char *variable)
{
	if (strncmp(variable, PREFIX, PREFIX_LEN) != 0)
		return NULL;
	variable += PREFIX_LEN;
	if (*variable == '=' || *variable == '\0')
		return variable;
	return *variable == '_' ? variable + 1 : NULL;
}

int options_ours(const char *assignment)
{
	return suffix(assignment) != NULL;
}

const struct option *options_find(const char *variable, size_t len)
{
	const char *name = suffix(variable);

	if (name == NULL || len == PREFIX_LEN + 1) /* "DAEMONIZE_" is nobody's name */
		return NULL;
	len -= (size_t)(name - variable);
	for (unsigned i = 0; i < options_count; i++)
		if (text_is(options_table[i].name, name, len))
			return &options_table[i];
	return NULL;
}

int options_off(char *const *envp)
{
	const char *value = environ_get(envp, PREFIX);

	return value != NULL && strcmp(value, "0") == 0;
}

int options_wanted(char *const *envp)
{
	for (; envp != NULL && *envp != NULL; envp++)
		/* dsig's own variable may well be exported for good */
		if (options_ours(*envp) &&
		    strncmp(*envp, PREFIX "_COMMANDS=", PREFIX_LEN + 10) != 0)
			return 1;
	return 0;
}

/* Levenshtein's distance, of names up to 31 bytes. */
static unsigned distance(const char *a, size_t a_len, const char *b)
{
	unsigned row[32];
	size_t b_len = strlen(b);

	if (b_len > 31 || a_len > 31)
		return 32;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned above = row[j];
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			best = above + 1 < best ? above + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[b_len];
}

static int unknown(const char *assignment, size_t len)
{
	const char *name = suffix(assignment);
	size_t name_len = len - (size_t)(name - assignment);
	const struct option *nearest = NULL;
	unsigned best = 32;
	char shown[128];
	struct text t;

	for (unsigned i = 1; i < options_count; i++) {
		unsigned d = distance(name, name_len, options_table[i].name);

		if (d < best) {
			best = d;
			nearest = &options_table[i];
		}
	}
	text_begin(&t, shown, sizeof shown);
	text_mem(&t, assignment, len < 64 ? len : 64);
	if (nearest != NULL)
		report_line(shown, ": unknown, did you mean " PREFIX "_", nearest->name, "?");
	else
		report_line(shown, ": unknown");
	return -1;
}

/* ---- values */

static int complain(const struct option *option, const char *value, const char *allowed)
{
	char shown[512];
	struct text t;

	text_begin(&t, shown, sizeof shown);
	text_shown(&t, value);
	report_line(PREFIX, option->name[0] != '\0' ? "_" : "", option->name, ": '", shown, "': ",
	            allowed);
	return -1;
}

void options_begin(struct options *o)
{
	memset(o, 0, sizeof *o);
	o->pidfile_mode = PIDFILE_DEFAULT_MODE;
	o->logfile_mode = DEFAULT_LOG_MODE;
	o->umask = -1;
	o->timeout_ms = DEFAULT_TIMEOUT_MS;
}

int options_set(struct options *o, const char *assignment)
{
	size_t len = strcspn(assignment, "=");
	const struct option *option = options_find(assignment, len);
	const char *value = assignment + len + (assignment[len] == '=');

	if (option == NULL)
		return unknown(assignment, len);
	if (option->parse(value, (char *)o + option->field) < 0)
		return complain(option, value, option->allowed);
	return 0;
}

int options_read(struct options *o, char *const *envp)
{
	int wrong = 0;

	for (; *envp != NULL; envp++)
		if (options_ours(*envp) && options_set(o, *envp) < 0)
			wrong++;
	return wrong;
}

/* ---- what depends on other options */

static int too_long(const char *name, const char *value)
{
	return complain(options_find(name, strlen(name)), value, A_PATH);
}

static int absolute(const char *variable, char *path)
{
	char cwd[PATH_MAX];
	struct text t;

	if (path[0] == '\0' || path[0] == '/')
		return 0;
	if (getcwd(cwd, sizeof cwd) == NULL)
		return complain(options_find(variable, strlen(variable)), path,
		                "an absolute path: the current directory has none");
	text_begin(&t, cwd + strlen(cwd), sizeof cwd - strlen(cwd));
	text_str(&t, "/");
	text_str(&t, path);
	if (t.cut)
		return too_long(variable, path);
	memcpy(path, cwd, strlen(cwd) + 1);
	return 0;
}

static int absolute_paths(struct options *o)
{
	int wrong = absolute("DAEMONIZE_PIDFILE", o->pidfile) | absolute("DAEMONIZE_CHROOT", o->chroot) |
	            absolute("DAEMONIZE_ENVFILE", o->envfile);

	if (o->chroot[0] == '\0')
		wrong |= absolute("DAEMONIZE_WORKDIR", o->workdir);
	if (o->out.kind == TO_FILE)
		wrong |= absolute("DAEMONIZE_STDOUT", o->out.arg);
	if (o->err.kind == TO_FILE)
		wrong |= absolute("DAEMONIZE_STDERR", o->err.arg);
	return wrong;
}

/* path = DIRECTORY + between + NAME + SUFFIX */
static int place(char *path, const char *directory, const char *between, const char *name,
                 const char *ending)
{
	struct text t;

	text_begin(&t, path, PATH_MAX);
	text_str(&t, directory);
	text_str(&t, between);
	text_str(&t, "/");
	text_str(&t, name);
	text_str(&t, ending);
	return t.cut ? -1 : 0;
}

static int default_pidfile(struct options *o, char *const *envp)
{
	const char *runtime = geteuid() == 0 ? "/run" : environ_get(envp, "XDG_RUNTIME_DIR");

	if (runtime == NULL || *runtime != '/')
		return complain(options_find("DAEMONIZE_NAME", 14), o->name,
		                "needs XDG_RUNTIME_DIR or DAEMONIZE_PIDFILE to be set");
	return place(o->pidfile, runtime, "", o->name, ".pid") < 0
	               ? too_long("DAEMONIZE_NAME", o->name)
	               : 0;
}

static int default_logfile(struct options *o, char *const *envp)
{
	const char *state = environ_get(envp, "XDG_STATE_HOME");
	const char *home = environ_get(envp, "HOME");
	int r = -1;

	o->logfile.kind = TO_FILE;
	if (geteuid() == 0)
		r = place(o->logfile.arg, "/var/log", "", o->name, ".log");
	else if (state != NULL && *state == '/')
		r = place(o->logfile.arg, state, "", o->name, ".log");
	else if (home != NULL && *home == '/')
		r = place(o->logfile.arg, home, "/.local/state", o->name, ".log");
	if (r < 0)
		return complain(options_find("DAEMONIZE_NAME", 14), o->name,
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
	return wrong;
}
