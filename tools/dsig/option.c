/* SPDX-License-Identifier: MIT */
#include "option.h"

#include "cmdline.h"

#include <stddef.h>

#define FLAG(member) offsetof(struct cmdline, member)

const struct getopts_row option_table[OPTIONS] = {
	[OPTION_ALL] = { 'a', "all", NULL, "stop: end all that is left of its session", FLAG(all) },
	[OPTION_COMMAND] = { 'c', "command", "NAME=SIGNAL", "define a command of your own", 0 },
	[OPTION_DIRECTORY] = { 'd', "directory", "PATH", "where the pid files of NAMEs are", 0 },
	[OPTION_F] = { 'f', NULL, NULL, "--force; for log --follow", FLAG(f) },
	[OPTION_FORCE] = { 0, "force", NULL, "go on although a safety check objects", FLAG(force) },
	[OPTION_FOLLOW] = { 0, "follow", NULL, "log: show what is added, until the daemon ends",
	                    FLAG(follow) },
	[OPTION_JSON] = { 0, "json", NULL, "status, list: one JSON object a line", FLAG(json) },
	[OPTION_KILL] = { 'k', "kill", NULL, "stop: SIGKILL when the time is up", FLAG(kill) },
	[OPTION_LINES] = { 0, "lines", "N", "log: how many lines of it (10)", 0 },
	[OPTION_DRY_RUN] = { 'n', "dry-run", NULL, "say what would be sent, send nothing",
	                     FLAG(dry_run) },
	[OPTION_PIDFILE] = { 'p', "pidfile", "FILE", "a pid file; may be given several times", 0 },
	[OPTION_QUIET] = { 'q', "quiet", NULL, "no output except usage errors", FLAG(quiet) },
	[OPTION_TIMEOUT] = { 't', "timeout", "SECONDS",
	                     "stop (10), wait (for ever): at most so long", 0 },
	[OPTION_UP] = { 0, "up", NULL, "wait: until it runs", FLAG(up) },
	[OPTION_WAIT] = { 'w', "wait", "SECONDS",
	                  "after a signal: wait up to this long for the end", 0 },
	[OPTION_HELP] = { 'h', "help", NULL, "show this", FLAG(help) },
	[OPTION_VERSION] = { 'V', "version", NULL, "show the version", FLAG(version) },
};
