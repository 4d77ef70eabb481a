/* SPDX-License-Identifier: MIT */
/* The input as dsig's command line; the part before the first newline as
 * DAEMONIZE_COMMANDS. Nothing is carried out. */
#include "fuzz.h"

#include "shim/base/report.h"
#include "tools/dsig/act.h"
#include "tools/dsig/cmdline.h"
#include "tools/dsig/show.h"

#include <getopt.h>
#include <signal.h>

#define WORDS 32

/* What goes on to be carried out. */
static void check(const struct cmdline *o, const char *text, size_t size)
{
	MUST(o->commands > 0 && o->commands <= COMMANDS_MAX);
	for (unsigned i = 0; i < o->commands; i++) {
		MUST((o->command[i].act == NULL) != (o->command[i].show == NULL));
		MUST(o->command[i].act != NULL || o->commands == 1);
		MUST(o->command[i].signal >= 0 && o->command[i].signal <= _NSIG - 1);
		MUST(o->command[i].act != act_signal || o->command[i].signal > 0);
	}
	MUST(o->own.stop.count <= SCHEDULE_MAX);
	for (unsigned i = 0; i < o->own.stop.count; i++)
		MUST(o->own.stop.step[i].signal > 0 && o->own.stop.step[i].ms >= -1);
	MUST(o->timeout_ms >= -1 && o->timeout_ms <= 1000001000);
	MUST(o->wait_ms >= -1 && o->wait_ms <= 1000001000);
	MUST(o->lines >= 0 && o->lines <= 1000000);
	MUST(o->own.count <= COMMAND_OWN_MAX);
	MUST(o->command[0].show == show_list ? o->count == 0 : o->count > 0);
	for (unsigned i = 0; i < o->count; i++)
		MUST(o->operands[i].text >= text && o->operands[i].text <= text + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *argv[WORDS + 2] = { (char *)"dsig" }, *newline;
	struct cmdline o;
	size_t at = 0;
	int argc = 1, status;

	newline = memchr(text, '\n', size);
	(void)unsetenv("DAEMONIZE_COMMANDS");
	if (newline != NULL) {
		*newline = '\0';
		(void)setenv("DAEMONIZE_COMMANDS", text, 1);
		at = (size_t)(newline + 1 - text);
	}
	for (; at < size && argc <= WORDS; at += strlen(text + at) + 1)
		argv[argc++] = text + at;
	optind = 0; /* glibc's way to begin anew */
	status = cmdline_read(&o, argc, argv);
	MUST(status == -1 || status == 0 || status == STATUS_USAGE);
	if (status == -1)
		check(&o, text, size);
	free(o.operands);
	free(text);
	return 0;
}
