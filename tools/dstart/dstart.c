/* SPDX-License-Identifier: MIT */
/* dstart - starts a program as a daemon: the launcher of the shim as a
 * command. It saves the program from being loaded twice, finds the library,
 * and takes programs that cannot be preloaded as well. */
#include "base/error.h"
#include "cmdline.h"
#include "launcher/launch.h"
#include "launcher/preload.h"
#include "precheck.h"
#include "target.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY "libdaemonize.so"

/* Beside this program, then where it was installed; never below the current
 * directory, where anybody could have put one. */
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

/* How the program will be started, and whether the library goes with it. */
static int plan_target(struct launch_target *target, const char *library, const struct options *o,
                       struct precheck_result *check)
{
	enum precheck_verdict verdict = target_judge(target, library, o, check);

	if (verdict == PRECHECK_BROKEN)
		return refuse(check->error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE,
		              check->text);
	if (verdict == PRECHECK_LIBRARY)
		return refuse(STATUS_OSERR, check->text);
	if (verdict == PRECHECK_PRELOADABLE || verdict == PRECHECK_UNKNOWN) {
		if (library == NULL)
			return refuse(STATUS_OSERR,
			              "unable to find " LIBRARY " beside dstart or in " LIBDIR);
		if (!preload_usable(library)) {
			report_line("unable to preload ", library,
			            ": its path has a space or colon");
			return STATUS_OSERR;
		}
		target->library = library;
	}
	return 0;
}

static void show_destination(const char *stream, const struct destination *to)
{
	static const char *const kinds[] = { [TO_NULL] = "/dev/null",
		                             [TO_INHERIT] = "inherited",
		                             [TO_JOURNAL] = "the journal",
		                             [TO_COMMAND] = "| " };

	printf("%s    %s%s\n", stream, kinds[to->kind] != NULL ? kinds[to->kind] : "", to->arg);
}

static void show(const struct launch_target *target, const struct options *o,
                 const struct precheck_result *check)
{
	printf("program:   %s\narguments:", target->image.path);
	for (char **arg = target->image.argv; *arg != NULL; arg++)
		printf(" %s", *arg);
	printf("\nlibrary:   %s\n", target->library != NULL ? target->library : "not preloaded");
	printf("because:   %s\n", check->text);
	printf("stage:     %s\n", target->library != NULL
	                                  ? "the marked copy finishes the job before main"
	                                  : "dstart finishes the job, then executes the program");
	printf("pid file:  %s\n", o->pidfile[0] != '\0' ? o->pidfile : "none");
	show_destination("stdout:", &o->out);
	show_destination("stderr:", &o->err);
}

static int read_options(struct options *o, struct cmdline *own, struct environ_block *memory,
                        char **argv)
{
	struct failure why;
	int wrong;

	if (environ_begin(memory, environ, &why) < 0) {
		report_failure(&why);
		return why.status;
	}
	options_begin(o);
	wrong = options_read(o, environ);
	if (cmdline_read(own, o, argv) < 0)
		return STATUS_USAGE;
	if (own->help || own->version)
		return 0;
	if (own->program[0] == NULL)
		return refuse(STATUS_USAGE, "which program? dstart --help shows how");
	return options_finish(o, memory, environ) < 0 || wrong > 0 ? STATUS_CONFIG : 0;
}

int main(int argc, char **argv)
{
	static struct launch_target target;
	static struct precheck_result check;
	static struct options options;
	struct cmdline own;
	static char path[PATH_MAX], library[PATH_MAX];
	int status, have_library;

	(void)argc;
	launch_fill_std();
	status = read_options(&options, &own, &target.memory, argv);
	if (status != 0)
		return status;
	if (own.help) {
		cmdline_help();
		return 0;
	}
	if (own.version)
		return puts("dstart " VERSION) < 0;
	status = precheck_find(own.program[0], environ_get(environ, "PATH"), path, sizeof path);
	if (status != 0)
		return not_found(own.program[0], status);
	target.image.path = path;
	target.image.argv = own.program;
	target.program = own.program[0];
	target.exit_like_env = 1;
	if (options_off(environ)) {
		(void)execv(path, own.program);
		return not_found(path, STATUS_NOT_EXECUTABLE);
	}
	have_library = find_library(library, sizeof library) == 0;
	status = plan_target(&target, have_library ? library : NULL, &options, &check);
	if (status != 0)
		return status;
	if (options.argv0 != NULL)
		target.image.argv[0] = (char *)options.argv0;
	if (own.dry_run) {
		show(&target, &options, &check);
		return 0;
	}
	_exit(launch(&target, &options, environ));
}
