/* SPDX-License-Identifier: MIT */
/* dier [--quiet] STATUS|SIGNAL [MS]: a program that does not work out. After MS
 * milliseconds (0) it says so on stderr and then exits with STATUS, or kills
 * itself by SIGNAL (KILL, SEGV, ABRT, TERM, HUP, or sig=NUMBER). */
#include "args.h"
#include "stay.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "KILL", SIGKILL }, { "SEGV", SIGSEGV }, { "ABRT", SIGABRT },
	{ "TERM", SIGTERM }, { "HUP", SIGHUP },
};

/* The signal that this names, 0 if none. */
static int signal_of(const char *end)
{
	if (strncmp(end, "sig=", 4) == 0)
		return (int)strtol(end + 4, NULL, 10);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (strcmp(signals[i].name, end) == 0)
			return signals[i].number;
	return 0;
}

/* No core file in the test's directory. */
static void die_by(int sig)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	signal(sig, SIG_DFL);
	raise(sig);
}

int main(int argc, char **argv)
{
	struct args args;
	const char *end;
	char *rest = NULL;
	int quiet, sig;
	long status;

	(void)argc;
	args_begin(&args, argv, "dier [--quiet] STATUS|SIGNAL [MS]");
	quiet = args_flag(&args, "--quiet");
	end = args_need(&args);
	sig = signal_of(end);
	status = strtol(end, &rest, 10);
	if (sig == 0 && (rest == end || *rest != '\0'))
		args_wrong(&args);
	if (*args.at != NULL)
		stay_sleep(args_need_number(&args));
	if (!quiet)
		fprintf(stderr, "dier: ends with %s\n", end);
	if (sig != 0)
		die_by(sig);
	return (int)status;
}
