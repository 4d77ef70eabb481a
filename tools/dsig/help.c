/* SPDX-License-Identifier: MIT */
#include "help.h"

#include "base/report.h"
#include "base/signals.h"
#include "option.h"

#include <stdio.h>

static void row(const char *left, const char *help)
{
	printf("  %-26s%s\n", left, help);
}

static void help_commands(const struct command_own *own)
{
	puts("Commands:");
	for (const struct command *c = command_table; c->name != NULL; c++)
		row(c->name, c->help);
	for (unsigned i = 0; i < own->count; i++) {
		char help[64];
		struct text t;

		text_begin(&t, help, sizeof help);
		text_str(&t, "send ");
		signals_name(&t, own->entry[i].signal);
		text_str(&t, " (your own)");
		row(own->entry[i].name, help);
	}
	row("SIGNAL", "send it: HUP, SIGWINCH, RTMIN+3, 28, ...");
	row("your own", "see -c; also DAEMONIZE_COMMANDS='rotate=USR1 ...'");
}

static void help_options(void)
{
	puts("\nOptions:");
	for (int i = 0; i < OPTIONS; i++) {
		const struct getopts_row *r = &option_table[i];
		char form[64];

		snprintf(form, sizeof form, "%c%c%s%s%s %s", r->letter ? '-' : ' ',
		         r->letter ? r->letter : ' ', !r->letter || !r->name ? "  " : ", ",
		         r->name ? "--" : "", r->name ? r->name : "", r->operand ? r->operand : "");
		row(form, r->help);
	}
}

int help_print(const struct command_own *own)
{
	puts("Usage: dsig [OPTION]... COMMAND[,COMMAND]... [NAME|PIDFILE]...\n"
	     "Controls daemons through their pid files, after verifying which process that is.\n");
	help_commands(own);
	help_options();
	puts("\nAn operand with a slash is a pid file; one without is a NAME: /run/NAME.pid for\n"
	     "root, $XDG_RUNTIME_DIR/NAME.pid for others. Without any: DAEMONIZE_PIDFILE, or\n"
	     "DAEMONIZE_NAME.\n\n"
	     "Exit status: 0 done, running; 1 stale pid file; 3 not running; 4 unknown, or\n"
	     "starting; 64 usage; 74 output not written; 75 still there; 77 not permitted or\n"
	     "refused. Of several the largest.\nSee dsig(1), libdaemonize(7).");
	return STATUS_OK;
}

int help_version(void)
{
	puts("dsig " VERSION);
	return STATUS_OK;
}
