/* SPDX-License-Identifier: MIT */
#include "help.h"

#include "base/report.h"
#include "command.h"

#include <stdio.h>

#ifndef VERSION
#define VERSION "unreleased"
#endif

const struct help_option help_options[HELP_OPTIONS] = {
	{ 'c', 1, "command", "NAME=SIGNAL", "define a command of your own" },
	{ 'f', 1, NULL, NULL, "--force; for log --follow" },
	{ 'o', 0, "force", NULL, "go on although a safety check objects" },
	{ 'F', 0, "follow", NULL, "log: show what is added, until the daemon ends" },
	{ 'j', 0, "json", NULL, "status, list: one JSON object a line" },
	{ 'k', 1, "kill", NULL, "stop: SIGKILL when the time is up" },
	{ 'l', 0, "lines", "N", "log: how many lines of it (10)" },
	{ 'n', 1, "dry-run", NULL, "say what would be sent, send nothing" },
	{ 'p', 1, "pidfile", "FILE", "a pid file; may be given several times" },
	{ 'q', 1, "quiet", NULL, "no output but for errors of usage" },
	{ 't', 1, "timeout", "SECONDS", "stop (10), wait (for ever): how long at most" },
	{ 'w', 1, "wait", "SECONDS", "after a signal: wait for the end, at most so long" },
	{ 'h', 1, "help", NULL, "show this" },
	{ 'V', 1, "version", NULL, "show the version" },
};

static void help_commands(void)
{
	puts("Commands:");
	for (const struct command *c = command_table; c->name != NULL; c++)
		printf("  %-26s%s\n", c->name, c->help);
	printf("  %-26s%s\n", "SIGNAL", "send it: HUP, SIGWINCH, RTMIN+3, 28, ...");
	printf("  %-26s%s\n", "your own", "see -c; also DAEMONIZE_COMMANDS='rotate=USR1 ...'");
}

int help_print(void)
{
	puts("Usage: dsig [OPTION]... COMMAND [NAME|PIDFILE]...\n"
	     "Signals daemons through their pid files, once it is certain which one is "
	     "meant.\n");
	help_commands();
	puts("\nOptions:");
	for (size_t i = 0; i < HELP_OPTIONS; i++) {
		const struct help_option *r = &help_options[i];
		char form[64];

		snprintf(form, sizeof form, "%c%c%s%s%s %s", r->is_short ? '-' : ' ',
		         r->is_short ? r->letter : ' ', !r->is_short || !r->name ? "  " : ", ",
		         r->name ? "--" : "", r->name ? r->name : "", r->operand ? r->operand : "");
		printf("  %-26s%s\n", form, r->help);
	}
	puts("\nAn operand with a slash is a pid file; one without is a NAME: /run/NAME.pid for\n"
	     "root, $XDG_RUNTIME_DIR/NAME.pid for others. Without any: DAEMONIZE_PIDFILE, or\n"
	     "DAEMONIZE_NAME.\n\n"
	     "Exit status: 0 done, running; 1 stale pid file; 3 not running; 4 unknown, or\n"
	     "starting; 64 usage; 75 still there; 77 not permitted or refused. Of several\n"
	     "the largest.\nSee dsig(1), libdaemonize(7).");
	return STATUS_OK;
}

int help_version(void)
{
	puts("dsig " VERSION);
	return STATUS_OK;
}
