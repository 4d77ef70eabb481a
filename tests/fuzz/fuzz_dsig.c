/* SPDX-License-Identifier: MIT */
/* The input as dsig's command line; the part before the first newline as
 * DAEMONIZE_COMMANDS. Nothing is carried out. */
#include "cmdline.h"

#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORDS 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *argv[WORDS + 2] = { "dsig" }, *newline;
	struct cmdline o;
	size_t at = 0;
	int argc = 1;

	memcpy(text, data, size);
	text[size] = '\0';
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
	if (cmdline_read(&o, argc, argv) < 0) {
		if (o.command.kind == COMMAND_SIGNAL &&
		    (o.command.signal < 0 || o.command.signal > _NSIG - 1))
			abort();
		if (o.count > (unsigned)argc + 1 || o.timeout_ms < -1 || o.wait_ms < -1)
			abort();
	}
	free(o.operands);
	free(text);
	return 0;
}
