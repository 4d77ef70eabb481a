/* SPDX-License-Identifier: MIT */
/* libdaemonize.so - start reading here.
 *
 * LD_PRELOAD loads this library into an unmodified program, before its main.
 * It works in two stages, told apart by a mark in the environment:
 *
 *   without mark   the launcher: reads the options, starts a copy of this
 *                  program with the mark, waits until it is ready, and exits
 *                  with the result. main never runs here.  options, launch
 *   with mark      the copy: carries out the launcher's plan, reports, removes
 *                  every trace of us and returns into main, which becomes the
 *                  daemon's.                                         reborn
 *
 * With neither the mark nor a variable of ours it does nothing, not even a
 * system call. */
#include "base/environ.h"
#include "base/host.h"
#include "base/sys.h"
#include "daemon/reborn.h"
#include "daemon/scrub.h"
#include "launcher/launch.h"
#include "launcher/preload.h"
#include "options/options.h"
#include "wire/plan.h"

#include <limits.h>
#include <sys/auxv.h>

/* Not inlined, or the copy, too, would run the constructor with this large frame,
 * and the daemon's stack would grow. */
__attribute__((noinline)) static void start_daemon(int argc, char **argv)
{
	struct launch_target target = { .exit_like_env = 0 };
	char **env = host_environ();
	struct options options;
	struct failure why;
	char library[PATH_MAX];
	int wrong, lost = preload_find(library, sizeof library, &why);

	/* A launcher never reaches main. So if our parent has the library loaded,
	 * it is still running constructors, and another library's constructor
	 * started this process before ours ran there: neither this process nor any
	 * child of it should become a daemon. */
	if (lost == 0 && preload_is_in(sys_getppid(), library)) {
		scrub_all(options_ours);
		return;
	}
	launch_fill_std();
	if (environ_begin(&target.memory, env, &why) < 0) {
		report_failure(&why);
		sys_exit(why.status);
	}
	options_begin(&options);
	wrong = options_read(&options, env);
	if (options_finish(&options, &target.memory, env) < 0 || wrong > 0)
		sys_exit(STATUS_CONFIG);
	if (lost < 0 ||
	    image_self(&target.image, &target.memory, options.argv0, argc, argv, &why) < 0) {
		report_failure(&why);
		sys_exit(why.status);
	}
	target.library = library;
	target.program = target.image.is_script || target.image.argv[0] == NULL
	                         ? target.image.path
	                         : target.image.argv[0];
	sys_exit(launch(&target, &options, env));
}

__attribute__((constructor)) static void daemonize(int argc, char **argv)
{
	const char *mark;
	char **env;

	host_begin(argc, argv);
	env = host_environ();
	if (host_auxval(AT_SECURE) != 0 || options_off(env))
		return;
	mark = environ_get(env, PLAN_MARK);
	if (mark != NULL)
		reborn(mark);
	else if (options_wanted(env))
		start_daemon(argc, argv);
}

__attribute__((destructor)) static void leave(void)
{
	reborn_exit();
}
