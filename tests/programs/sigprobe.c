/* SPDX-License-Identifier: MIT */
/* sigprobe [--pid-first] [--survive] [--all] FILE [SIGNAL | ignore=SIGNAL | block=SIGNAL]...
 * Appends the name of each signal it receives to FILE, a line each. It handles
 * the named ones (all that can be caught with --all), so a test can tell which
 * signal arrived and how often. --pid-first: once it is set up, the line
 * "ready PID" comes first. TERM ends it, handled or not, unless --survive. */
#include "args.h"
#include "stay.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMED(name) #name, SIG##name

static const struct {
	const char *name;
	int number;
} signals[] = {
	{ NAMED(HUP) },    { NAMED(INT) },  { NAMED(QUIT) }, { NAMED(ILL) },   { NAMED(TRAP) },
	{ NAMED(ABRT) },   { NAMED(BUS) },  { NAMED(FPE) },  { NAMED(USR1) },  { NAMED(SEGV) },
	{ NAMED(USR2) },   { NAMED(PIPE) }, { NAMED(ALRM) }, { NAMED(TERM) },  { NAMED(CHLD) },
	{ NAMED(CONT) },   { NAMED(TSTP) }, { NAMED(TTIN) }, { NAMED(TTOU) },  { NAMED(URG) },
	{ NAMED(XCPU) },   { NAMED(XFSZ) }, { NAMED(PROF) }, { NAMED(WINCH) }, { NAMED(VTALRM) },
	{ NAMED(IO) },     { NAMED(SYS) },
#ifdef SIGPWR
	{ NAMED(PWR) },
#endif
#ifdef SIGSTKFLT
	{ NAMED(STKFLT) },
#endif
};

static int out;
static int survive;
static volatile sig_atomic_t over;

/* NAME, RTMIN+N or a number. */
static int signal_of(const char *text)
{
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (strcmp(signals[i].name, text) == 0)
			return signals[i].number;
	if (strncmp(text, "RTMIN+", 6) == 0)
		return SIGRTMIN + (int)strtol(text + 6, NULL, 10);
	return (int)strtol(text, NULL, 10);
}

static void name_of(int sig, char *to, size_t size)
{
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (signals[i].number == sig) {
			snprintf(to, size, "%s\n", signals[i].name);
			return;
		}
	snprintf(to, size, "RTMIN+%d\n", sig - SIGRTMIN);
}

/* snprintf(3) in a handler: nothing else runs in this program, it waits. */
static void on_signal(int sig)
{
	char line[16];

	name_of(sig, line, sizeof line);
	if (write(out, line, strlen(line)) < 0)
		_exit(1);
	if (sig == SIGTERM && !survive)
		over = 1;
}

static void handle(int sig)
{
	struct sigaction act = { .sa_handler = on_signal };

	sigfillset(&act.sa_mask);
	sigaction(sig, &act, NULL);
}

static void handle_all(void)
{
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		handle(signals[i].number);
	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
		handle(sig);
}

static void block(sigset_t *mask, int sig)
{
	sigaddset(mask, sig);
	sigprocmask(SIG_BLOCK, mask, NULL);
}

static void arrange(sigset_t *mask, const char *what)
{
	if (strncmp(what, "ignore=", 7) == 0)
		signal(signal_of(what + 7), SIG_IGN);
	else if (strncmp(what, "block=", 6) == 0)
		block(mask, signal_of(what + 6));
	else
		handle(signal_of(what));
}

int main(int argc, char **argv)
{
	struct args args;
	sigset_t waiting, blocked;
	int pid_first, all;
	const char *path;

	(void)argc;
	args_begin(&args, argv,
	           "sigprobe [--pid-first] [--survive] [--all] FILE [SIGNAL | "
	           "ignore=SIGNAL | block=SIGNAL]...");
	pid_first = args_flag(&args, "--pid-first");
	survive = args_flag(&args, "--survive");
	all = args_flag(&args, "--all");
	path = args_need(&args);
	out = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (out < 0) {
		perror(path);
		return 1;
	}
	/* Nothing is delivered before everything is in place but the wait. */
	sigfillset(&blocked);
	sigprocmask(SIG_BLOCK, &blocked, &waiting);
	if (all)
		handle_all();
	while (*args.at != NULL)
		arrange(&waiting, args_need(&args));
	if (pid_first)
		dprintf(out, "ready %ld\n", (long)getpid());
	if (all || survive)
		handle(SIGTERM);
	while (!over)
		sigsuspend(&waiting);
	return 0;
}
