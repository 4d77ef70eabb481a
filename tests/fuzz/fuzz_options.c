/* SPDX-License-Identifier: MIT */
/* The input as an environment, of strings that end with a NUL. */
#include "allowed.h"

#define VARIABLES 64

static void check_made(const char *path)
{
	MUST(*path == '\0' || *path == '/');
	allowed_path(path);
}

static void check(const struct options *o)
{
	allowed_options(o);
	check_made(o->pidfile);
	check_made(o->chroot);
	check_made(o->envfile);
	if (o->chroot[0] == '\0')
		check_made(o->workdir);
	MUST(o->out.kind != TO_UNSET && o->err.kind != TO_UNSET);
	if (o->in.kind == TO_FILE)
		check_made(o->in.arg);
	if (o->out.kind == TO_FILE)
		check_made(o->out.arg);
	if (o->err.kind == TO_FILE)
		check_made(o->err.arg);
	MUST(o->name[0] == '\0' || o->pidfile[0] != '\0');
	MUST(o->ready.kind != READY_ALIVE || o->ready.alive_ms < o->timeout_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct options o;
	static struct environ_block memory, begun;
	struct failure why;
	char *envp[VARIABLES + 1] = { NULL }, *text = fuzz_text(data, size);
	int wrong;

	for (size_t at = 0, n = 0; at < size && n < VARIABLES; at += strlen(text + at) + 1)
		envp[n++] = text + at;
	if (begun.vars == NULL)
		MUST(environ_begin(&begun, envp, &why) == 0);
	memory = begun; /* the same chunk again: nobody frees one */
	options_begin(&o);
	wrong = options_read(&o, envp);
	allowed_options(&o); /* what is wrong has left no trace */
	if (options_finish(&o, &memory, envp) == 0 && wrong == 0)
		check(&o);
	(void)options_off(envp);
	(void)options_wanted(envp);
	free(text);
	return 0;
}
