/* SPDX-License-Identifier: MIT */
#include "dryrun.h"

#include "base/error.h"
#include "base/path.h"
#include "base/text.h"
#include "launcher/prepare.h"
#include "pidfile/inspect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- show */

/* Prints value, with control characters replaced. */
static void show(const char *value)
{
	size_t len = strlen(value);
	char *copy = strdup(value);

	if (copy != NULL)
		(void)fwrite(copy, 1, text_tame(copy, len, ""), stdout);
	free(copy);
}

static void line(const char *name, const char *value)
{
	printf("%s:%*s", name, (int)(strlen(name) < 10 ? 10 - strlen(name) : 1), "");
	show(value);
	putchar('\n');
}

static const char *stream(const struct destination *d, char *buf, size_t size)
{
	static const char *const kinds[] = {
		[TO_NULL] = "/dev/null", [TO_UNSET] = "/dev/null",     [TO_INHERIT] = "inherited",
		[TO_FILE] = "",          [TO_JOURNAL] = "the journal", [TO_COMMAND] = "| "
	};

	(void)snprintf(buf, size, "%s%s", kinds[d->kind], d->arg);
	return buf;
}

static void show_result(const struct options *o)
{
	char text[PATH_MAX + 16];

	line("pid file", o->pidfile[0] != '\0' ? o->pidfile : "none");
	line("stdin", stream(&o->in, text, sizeof text));
	line("stdout", stream(&o->out, text, sizeof text));
	line("stderr", stream(&o->err, text, sizeof text));
}

/* Prints options as they were given, on the command line or in the environment. */
static void show_given(const struct options *o)
{
	char name[OPTIONS_VARIABLE];

	for (unsigned i = 0; i < options_count; i++)
		if (o->given[i] != NULL)
			line(options_variable(&options_table[i], name), o->given[i]);
}

void dryrun_show(const struct launch_target *target, const struct options *o,
                 const struct precheck_result *check)
{
	line("program", target->image.path);
	printf("arguments:");
	for (char **arg = target->image.argv; *arg != NULL; arg++) {
		putchar(' ');
		show(*arg);
	}
	putchar('\n');
	line("library", target->library != NULL ? target->library : "not preloaded");
	line("because", o->foreground ? "it runs in the foreground" : check->text);
	line("stage", target->library != NULL
	                      ? "the marked copy finishes the job before main"
	                      : "dstart finishes the job, then executes the program");
	show_result(o);
	show_given(o);
}

/* ---- check */

static void keep_first(int *status, int found)
{
	if (*status == STATUS_OK)
		*status = found;
}

static int complain(int status, const char *verb, const char *path, int error)
{
	report_line("unable to ", verb, " ", path, ": ", error_text(error));
	return status;
}

/* Can path be opened for writing, or created? Returns a status, after reporting a
 * failure. */
static int check_writable(const char *verb, const char *path)
{
	const char *base;
	int dir = path_parent(path, &base), error = 0;

	if (dir < 0)
		return complain(STATUS_CANTCREAT, verb, path, -dir);
	error = -sys_eaccess(dir, base, W_OK);
	if (error == ENOENT)
		error = -sys_eaccess(dir, ".", W_OK | X_OK);
	sys_close(dir);
	return error != 0 ? complain(STATUS_CANTCREAT, verb, path, error) : STATUS_OK;
}

static int check_pidfile(const struct options *o, int replace)
{
	struct pidfile_view view;
	char number[24];

	if (o->pidfile[0] == '\0')
		return STATUS_OK;
	pidfile_inspect(o->pidfile, &view);
	sys_close(view.pidfd);
	if (view.evidence == EVIDENCE_NONE || replace)
		return check_writable("open pid file", o->pidfile);
	report_line("already running as pid ", text_decimal(number, view.pid), " (", o->pidfile,
	            ")");
	return STATUS_TEMPFAIL;
}

static int check_log(const struct destination *to)
{
	return to->kind == TO_FILE ? check_writable("open log file", to->arg) : STATUS_OK;
}

static int check_input(const struct destination *from)
{
	int r = from->kind == TO_FILE ? sys_eaccess(AT_FDCWD, from->arg, R_OK) : 0;

	return r < 0 ? complain(STATUS_CANTCREAT, "open standard input", from->arg, -r) : STATUS_OK;
}

/* Checks the caller's rights; the daemon's user may lack them, which only a start
 * can tell. */
static int check_directory(const char *verb, const char *path)
{
	struct sys_stat st;
	int r = *path == '\0' ? 0 : sys_stat(AT_FDCWD, path, 0, &st);

	if (*path != '\0' && r == 0 && !S_ISDIR(st.mode))
		r = -ENOTDIR;
	if (*path != '\0' && r == 0)
		r = sys_eaccess(AT_FDCWD, path, X_OK);
	return r < 0 ? complain(STATUS_NOPERM, verb, path, -r) : STATUS_OK;
}

int dryrun_check(struct launch_target *target, const struct options *o, int replace)
{
	struct launch l = { .o = o, .target = target };
	int status = prepare_check(&l, environ);

	keep_first(&status, check_pidfile(o, replace));
	keep_first(&status, check_input(&o->in));
	keep_first(&status, check_log(&o->out));
	if (o->err.kind != o->out.kind || strcmp(o->err.arg, o->out.arg) != 0)
		keep_first(&status, check_log(&o->err));
	keep_first(&status, check_directory("chroot to", o->chroot));
	if (o->chroot[0] == '\0')
		keep_first(&status, check_directory("change directory to", o->workdir));
	return status;
}
