/* SPDX-License-Identifier: MIT */
/* The input as dstart's command line, of words that end with a NUL; and each
 * option that it names as a variable, which must come to the same. */
#include "allowed.h"

#include "tools/dstart/cmdline.h"

#include <getopt.h>

#define WORDS 32

static int same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static int same_destination(const struct destination *a, const struct destination *b)
{
	return a->kind == b->kind && (a->kind < TO_FILE || a->kind == TO_INHERIT ||
	                              a->kind == TO_JOURNAL || same_text(a->arg, b->arg));
}

static void same(const struct options *a, const struct options *b)
{
	MUST(same_text(a->name, b->name) && same_text(a->pidfile, b->pidfile));
	MUST(same_text(a->workdir, b->workdir) && same_text(a->chroot, b->chroot));
	MUST(same_text(a->user, b->user) && same_text(a->groups, b->groups));
	MUST(same_text(a->envfile, b->envfile) && same_text(a->argv0, b->argv0));
	MUST(same_destination(&a->logfile, &b->logfile));
	MUST(same_destination(&a->in, &b->in) && a->foreground == b->foreground);
	MUST(memcmp(&a->stop, &b->stop, sizeof a->stop) == 0);
	MUST(same_destination(&a->out, &b->out) && same_destination(&a->err, &b->err));
	MUST(a->pidfile_mode == b->pidfile_mode && a->logfile_mode == b->logfile_mode);
	MUST(a->umask == b->umask && a->timeout_ms == b->timeout_ms && a->reopen == b->reopen);
	MUST(a->clearenv == b->clearenv && a->linebuf == b->linebuf && a->verbose == b->verbose);
	MUST(memcmp(&a->keep, &b->keep, sizeof a->keep) == 0);
	MUST(a->ready.kind == b->ready.kind && a->ready.alive_ms == b->ready.alive_ms &&
	     a->ready.listen.kind == b->ready.listen.kind &&
	     a->ready.listen.port == b->ready.listen.port &&
	     same_text(a->ready.listen.path, b->ready.listen.path));
}

/* "--log-file=x" as "DAEMONIZE_LOG_FILE=x"; 0 when it is none of these. */
static int as_variable(const char *word, char *out, size_t size)
{
	size_t len = strcspn(word, "=");

	if (strncmp(word, "--", 2) != 0 || word[len] != '=' || strlen(word) + 16 > size ||
	    memchr(word, '_', len) != NULL)
		return 0;
	out = stpcpy(out, "DAEMONIZE_");
	for (const char *c = word + 2; c < word + len; c++) {
		if (*c >= 'A' && *c <= 'Z')
			return 0;
		*out++ = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	}
	(void)strcpy(out, word + len);
	return 1;
}

/* Not the beginning of an option, which getopt_long takes, too. */
static int is_whole(const char *word)
{
	char name[CMDLINE_LONG];

	for (unsigned i = 0; i < options_count; i++)
		if (cmdline_long(&options_table[i], name) != NULL &&
		    strlen(name) == strcspn(word + 2, "=") &&
		    memcmp(name, word + 2, strlen(name)) == 0)
			return 1;
	return 0;
}

static void compare(char *word)
{
	static struct options by_word, by_variable;
	static char variable[8192];
	char *argv[] = { (char *)"dstart", word, NULL };
	struct cmdline own;
	int wrong;

	if (!as_variable(word, variable, sizeof variable) ||
	    strncmp(variable, "DAEMONIZE_COMMANDS=", 19) == 0 || !is_whole(word))
		return;
	options_begin(&by_word);
	options_begin(&by_variable);
	optind = 0; /* glibc's way to begin anew */
	wrong = cmdline_read(&own, &by_word, 2, argv);
	MUST((options_set(&by_variable, variable) < 0) == (wrong < 0));
	same(&by_word, &by_variable);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct options o;
	char *argv[WORDS + 2] = { (char *)"dstart" }, *text = fuzz_text(data, size);
	struct cmdline own;
	int argc = 1;

	for (size_t at = 0; at < size && argc <= WORDS; at += strlen(text + at) + 1)
		argv[argc++] = text + at;
	options_begin(&o);
	optind = 0;
	(void)cmdline_read(&own, &o, argc, argv);
	allowed_options(&o);
	MUST(own.program > argv && own.program <= argv + argc);
	for (int i = 1; i < argc; i++)
		compare(argv[i]);
	free(text);
	return 0;
}
