/* SPDX-License-Identifier: MIT */
/* dstart - starts a program as a daemon: the library's launcher as a command. It
 * loads the program only once, finds the library, and also starts programs that
 * cannot be preloaded. */
#include "base/error.h"
#include "cmdline.h"
#include "dryrun.h"
#include "launcher/launch.h"
#include "launcher/preload.h"
#include "precheck.h"
#include "replace.h"
#include "target.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char report_name[16] = "dstart";

#define LIBRARY "libdaemonize.so"

/* Looks beside dstart, then in LIBDIR; never relative to the current directory,
 * where anybody could have put a library. Returns 0 if found. */
static int find_library(char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size);
	struct text t;

	if (len > 0 && (size_t)len < size) {
		path[len] = '\0';
		text_begin(&t, path + (text_basename(path) - path),
		           size - (size_t)(text_basename(path) - path));
		text_str(&t, LIBRARY);
		if (!t.cut && access(path, R_OK) == 0)
			return 0;
	}
	text_begin(&t, path, size);
	text_str(&t, LIBDIR "/" LIBRARY);
	return access(path, R_OK);
}

static int refuse(int status, const char *text)
{
	report_line(text);
	return status;
}

static int not_found(const char *name, int status)
{
	report_line("unable to execute ", name, ": ", error_text(errno));
	return status;
}

/* Decides whether to preload the library. Returns 0, or a status after reporting
 * why not to start. */
static int plan_target(struct launch_target *target, const char *library, const struct options *o,
                       struct precheck_result *check)
{
	enum precheck_verdict verdict = target_judge(target, library, o, check);

	if (verdict == PRECHECK_BROKEN)
		return refuse(check->error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE,
		              check->text);
	if (verdict == PRECHECK_LIBRARY)
		return refuse(STATUS_OSERR, check->text);
	if (!o->foreground && (verdict == PRECHECK_PRELOADABLE || verdict == PRECHECK_UNKNOWN)) {
		if (library == NULL)
			return refuse(STATUS_OSERR,
			              "unable to find " LIBRARY " beside dstart or in " LIBDIR);
		if (!preload_usable(library)) {
			report_line("unable to preload ", library,
			            ": its path has a space or colon");
			return STATUS_OSERR;
		}
		target->library = library;
	} else if (!o->foreground && (o->reopen != 0 || o->linebuf)) {
		report_line("warning: --reopen and --linebuf have no effect: ", check->text);
	}
	return 0;
}

static int read_options(struct options *o, struct cmdline *own, struct environ_block *memory,
                        int argc, char **argv)
{
	struct failure why;
	int wrong;

	if (environ_begin(memory, environ, &why) < 0) {
		report_failure(&why);
		return why.status;
	}
	options_begin(o);
	wrong = options_read(o, environ);
	if (cmdline_read(own, o, argc, argv) < 0)
		return STATUS_USAGE;
	if (own->help || own->version)
		return 0;
	if (own->program[0] == NULL)
		return refuse(STATUS_USAGE, "no program given; dstart --help shows how");
	if (own->replace && o->pidfile[0] == '\0' && o->name[0] == '\0')
		return refuse(STATUS_USAGE, "--replace: needs a pid file, by -p or -n");
	return options_finish(o, memory, environ) < 0 || wrong > 0 ? STATUS_CONFIG : 0;
}

/* Fills in target. Returns 0, or a status after reporting a failure. */
static int find_target(struct launch_target *target, struct precheck_result *check,
                       const struct options *o, char **program)
{
	static char path[PATH_MAX], library[PATH_MAX];
	int status, have_library;

	status = precheck_find(program[0], environ_get(environ, "PATH"), path, sizeof path);
	if (status != 0)
		return not_found(program[0], status);
	target->image.path = path;
	target->image.argv = program;
	target->program = program[0];
	target->exit_like_env = 1;
	if (options_off(environ)) {
		(void)execv(path, program);
		return not_found(path, STATUS_NOT_EXECUTABLE);
	}
	have_library = find_library(library, sizeof library) == 0;
	status = plan_target(target, have_library ? library : NULL, o, check);
	if (o->argv0 != NULL)
		target->image.argv[0] = (char *)o->argv0;
	return status;
}

/* Returns status, or STATUS_IOERR: without the pid that the caller asked for, the
 * start has failed. */
static int print_pid(pid_t pid, int status)
{
	if (printf("%d\n", (int)pid) >= 0 && fflush(stdout) == 0)
		return status;
	report_line("unable to write to standard output: ", error_text(errno));
	return STATUS_IOERR;
}

int main(int argc, char **argv)
{
	static struct launch_target target;
	static struct precheck_result check;
	static struct options options;
	struct cmdline own = { 0 };
	int status;

	launch_fill_std();
	status = read_options(&options, &own, &target.memory, argc, argv);
	if (status != 0)
		return status;
	if (own.help)
		cmdline_help();
	if (own.version)
		puts("dstart " VERSION);
	if (!own.help && !own.version && own.program != NULL)
		status = find_target(&target, &check, &options, own.program);
	if (status == 0 && own.dry_run)
		dryrun_show(&target, &options, &check);
	if (fflush(stdout) != 0) {
		report_line("unable to write to standard output: ", error_text(errno));
		return STATUS_IOERR;
	}
	if (status != 0 || own.help || own.version)
		return status;
	if (own.dry_run)
		return dryrun_check(&target, &options, own.replace);
	if (own.replace)
		target.make_way = replace_running;
	if (own.print_pid && options.foreground) /* launch() does not return then */
		status = print_pid(getpid(), 0);
	if (status == 0)
		status = launch(&target, &options, environ);
	if (status == 0 && own.print_pid)
		status = print_pid(target.started, 0);
	_exit(status);
}
