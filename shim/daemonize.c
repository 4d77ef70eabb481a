/* SPDX-License-Identifier: MIT */
/* libdaemonize.so - start reading here.
 *
 * Loaded by LD_PRELOAD into a program that knows nothing of us, before its
 * main. Two stages, told apart by a mark in the environment:
 *
 *   without mark   we are the launcher: read the options, start a copy of
 *                  this program with the mark, wait for its word, leave with
 *                  the answer. main never runs here.        options, launch
 *   with mark      we are the copy: do what the launcher has planned, tell
 *                  it, take away every trace of us, return into main, which
 *                  is the daemon's.                                  reborn
 *
 * Neither a variable of ours nor the mark: nothing happens, not even a
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

/* Not inlined: its frame would be part of the daemon's stack. */
__attribute__((noinline)) static void start_daemon(int argc, char **argv)
{
	struct launch_target target = { .exit_like_env = 0 };
	char **env = host_environ();
	struct options options;
	struct failure why;
	char library[PATH_MAX];
	int wrong, lost = preload_find(library, sizeof library, &why);

	/* A launcher never comes to main. So the parent that has us, too, is still
	 * at the constructors of its libraries, and one of these has started
	 * this process before ours was called: neither it nor what it starts is
	 * to be a daemon. */
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
