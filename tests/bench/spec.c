/* SPDX-License-Identifier: MIT */
#include "spec.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Cuts the next word off *at; NULL at the end of the line. */
static char *next_word(char **at)
{
	char *from = *at + strspn(*at, " \t\n"), *to = from, *word = from;
	int quoted = 0;

	if (*from == '\0')
		return NULL;
	for (; *from != '\0' && (quoted || strchr(" \t\n", *from) == NULL); from++)
		if (*from == '\'')
			quoted = !quoted;
		else
			*to++ = *from;
	*at = from + (*from != '\0');
	*to = '\0';
	return word;
}

static int is_assignment(const char *word)
{
	return word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] == '=';
}

static int read_line(struct spec *line, char *text)
{
	unsigned env = 0, words = 0;
	char *word;

	memset(line, 0, sizeof *line);
	line->label = next_word(&text);
	if (line->label == NULL || *line->label == '#')
		return 0;
	while ((word = next_word(&text)) != NULL) {
		if (words + 1 == SPEC_WORDS || env + 1 == SPEC_WORDS)
			errx(64, "%s: too many words", line->label);
		if (words == 0 && strncmp(word, "limit=", 6) == 0) {
			line->limit = strtoul(word + 6, NULL, 10);
		} else if (words == 0 && is_assignment(word)) {
			line->env[env++] = word;
		} else if (strcmp(word, "::") == 0) {
			memcpy(line->setup, line->command, sizeof line->setup);
			memset(line->command, 0, sizeof line->command);
			words = 0;
		} else {
			line->command[words++] = word;
		}
	}
	if (words == 0)
		errx(64, "%s: no command", line->label);
	return 1;
}

unsigned spec_read(struct spec *lines)
{
	unsigned count = 0;
	char *text = NULL;
	size_t room = 0;

	while (getline(&text, &room, stdin) > 0) {
		if (count == SPEC_LINES)
			errx(64, "too many lines");
		count += (unsigned)read_line(&lines[count], text);
		text = NULL; /* the words stay in it */
		room = 0;
	}
	return count;
}

/* ---- one run */

struct values {
	const char *pidfile, *alive, *name, *stamp;
};

static const char *value(char c, const struct values *v)
{
	switch (c) {
	case 'p':
		return v->pidfile;
	case 'a':
		return v->alive;
	case 'n':
		return v->name;
	case 's':
		return v->stamp;
	default:
		return NULL;
	}
}

static char *expand(const char *word, const struct values *v)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	if (f == NULL)
		err(71, "open_memstream");
	for (; *word != '\0'; word++) {
		const char *text = *word == '%' ? value(word[1], v) : NULL;

		if (text == NULL) {
			fputc(*word, f);
		} else {
			fputs(text, f);
			word++;
		}
	}
	fclose(f);
	return out;
}

static void expand_all(char **out, char *const *words, const struct values *v)
{
	for (; *words != NULL; words++)
		*out++ = expand(*words, v);
	*out = NULL;
}

void spec_expand(const struct spec *line, struct spec_run *run, const char *directory,
                 const char *stamp, unsigned number)
{
	char name[64];
	const struct values v = { run->pidfile, run->alive, name, stamp };

	snprintf(name, sizeof name, "bench%ld-%u", (long)getpid(), number);
	snprintf(run->pidfile, sizeof run->pidfile, "%s/%s.pid", directory, name);
	snprintf(run->alive, sizeof run->alive, "%s/%s.alive", directory, name);
	expand_all(run->env, line->env, &v);
	expand_all(run->setup, line->setup, &v);
	expand_all(run->command, line->command, &v);
}

static void free_all(char **words)
{
	for (; *words != NULL; words++)
		free(*words);
}

void spec_done(struct spec_run *run)
{
	free_all(run->env);
	free_all(run->setup);
	free_all(run->command);
	(void)unlink(run->pidfile);
	(void)unlink(run->alive);
}
