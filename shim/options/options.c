/* SPDX-License-Identifier: MIT */
#include "options/options.h"

#include "base/nearest.h"
#include "base/report.h"

#include <string.h>

#define PREFIX "DAEMONIZE"
#define PREFIX_LEN (sizeof PREFIX - 1)
#define DEFAULT_TIMEOUT_MS 30000
#define DEFAULT_PIDFILE_MODE 0644
#define DEFAULT_LOG_MODE 0640

/* ---- names */

/* Returns what follows "DAEMONIZE_", or "DAEMONIZE" if that is the whole name; NULL
 * if the variable is not ours. */
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

/* Returns the row of the variable whose name is the first len bytes, or NULL. */
static const struct setting *find(const char *variable, size_t len)
{
	const char *name = suffix(variable);

	if (name == NULL || len == PREFIX_LEN + 1) /* "DAEMONIZE_" names no option */
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
	for (; envp != NULL && *envp != NULL; envp++) {
		const struct setting *row;

		if (!options_ours(*envp))
			continue;
		row = find(*envp, strcspn(*envp, "="));
		/* Variables for dsig may be set permanently. */
		if (row == NULL || !row->is_dsigs)
			return 1;
	}
	return 0;
}

static int unknown(const char *assignment, size_t len)
{
	const char *name = suffix(assignment) != NULL ? suffix(assignment) : assignment;
	size_t name_len = len - (size_t)(name - assignment);
	struct nearest near;
	char cut[64], shown[TEXT_SHOWN];
	struct text t;

	nearest_begin(&near, name, name_len);
	for (unsigned i = 1; i < options_count; i++)
		nearest_consider(&near, options_table[i].name);
	text_begin(&t, cut, sizeof cut);
	text_mem(&t, assignment, len);
	text_quoted(shown, cut);
	if (near.name != NULL)
		report_line(shown, ": unknown, did you mean DAEMONIZE_", near.name, "?");
	else
		report_line(shown, ": unknown");
	return -1;
}

/* ---- values */

int options_refuse(const char *variable, const char *value, const char *allowed)
{
	char shown[TEXT_SHOWN];

	report_line(variable, ": '", text_quoted(shown, value), "': ", allowed);
	return -1;
}

void options_begin(struct options *o)
{
	memset(o, 0, sizeof *o);
	o->name = o->pidfile = o->workdir = o->chroot = o->envfile = "";
	o->logfile.arg = o->out.arg = o->err.arg = o->in.arg = "";
	o->pidfile_mode = DEFAULT_PIDFILE_MODE;
	o->logfile_mode = DEFAULT_LOG_MODE;
	o->umask = -1;
	o->timeout_ms = DEFAULT_TIMEOUT_MS;
	o->ready.kind = READY_SETTLED;
}

const char *options_variable(const struct setting *row, char *buf)
{
	struct text t;

	text_begin(&t, buf, OPTIONS_VARIABLE);
	text_str(&t, PREFIX);
	text_str(&t, row->name[0] != '\0' ? "_" : "");
	text_str(&t, row->name);
	return buf;
}

int options_assign(struct options *o, const struct setting *row, const char *as, const char *value)
{
	if (row->parse(value, (char *)o + row->field) < 0)
		return options_refuse(as, value, row->allowed);
	o->given[row - options_table] = value;
	return 0;
}

int options_set(struct options *o, const char *assignment)
{
	size_t len = strcspn(assignment, "=");
	const struct setting *row = find(assignment, len);
	const char *value = assignment + len + (assignment[len] == '=');
	char variable[OPTIONS_VARIABLE];

	if (row == NULL)
		return unknown(assignment, len);
	return options_assign(o, row, options_variable(row, variable), value);
}

int options_read(struct options *o, char *const *envp)
{
	int wrong = 0;

	for (; *envp != NULL; envp++)
		if (options_ours(*envp) && options_set(o, *envp) < 0)
			wrong++;
	return wrong;
}
