/* SPDX-License-Identifier: MIT */
/* The input as an environment, of strings that end with a NUL. */
#include "options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VARIABLES 64

static void check_path(const char *path)
{
	if (strlen(path) >= PATH_MAX || (*path != '\0' && *path != '/'))
		abort();
}

static void check(const struct options *o)
{
	check_path(o->pidfile);
	check_path(o->chroot);
	check_path(o->envfile);
	if (o->chroot[0] == '\0')
		check_path(o->workdir);
	if (o->out.kind == TO_FILE)
		check_path(o->out.arg);
	if (o->err.kind == TO_FILE)
		check_path(o->err.arg);
	if (o->timeout_ms <= 0 || o->umask < -1 || o->umask > 0777 || o->keep.count < 0 ||
	    o->keep.count > KEEP_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct options o;
	char *envp[VARIABLES + 1] = { NULL }, *text = malloc(size + 1);
	int wrong;

	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t at = 0, n = 0; at < size && n < VARIABLES; at += strlen(text + at) + 1)
		envp[n++] = text + at;
	options_begin(&o);
	wrong = options_read(&o, envp);
	if (options_finish(&o, envp) == 0 && wrong == 0)
		check(&o);
	(void)options_off(envp);
	(void)options_wanted(envp);
	free(text);
	return 0;
}
