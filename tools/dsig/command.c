/* SPDX-License-Identifier: MIT */
#include "command.h"

#include "act.h"
#include "base/nearest.h"
#include "base/signals.h"
#include "base/text.h"
#include "log.h"
#include "option.h"
#include "show.h"
#include "stop.h"

#include <signal.h>
#include <string.h>

#define TAKES(name) OPTION_BIT(OPTION_##name)
#define FORCE (TAKES(F) | TAKES(FORCE))
#define SIGNAL_TAKES (FORCE | TAKES(DRY_RUN) | TAKES(WAIT))

const char command_allowed[] = "NAME=SIGNAL, such as rotate=USR1, or stop=TERM/30/KILL/5";

/* A command that sends a signal. */
#define SENDS(name, number, help) name, act_signal, NULL, SIGNAL_TAKES, number, help

const struct command command_table[] = {
	{ SENDS("term", SIGTERM, "send SIGTERM: end") },
	{ SENDS("reload", SIGHUP, "send SIGHUP: read the configuration again") },
	{ SENDS("quit", SIGQUIT, "send SIGQUIT: end gracefully, or dump core") },
	{ SENDS("int", SIGINT, "send SIGINT") },
	{ SENDS("kill", SIGKILL, "send SIGKILL") },
	{ SENDS("usr1", SIGUSR1, "send SIGUSR1") },
	{ SENDS("usr2", SIGUSR2, "send SIGUSR2") },
	{ SENDS("reopen", SIGUSR1, "send DAEMONIZE_REOPEN's signal (USR1): reopen logs") },
	{ "stop", stop, NULL, FORCE | TAKES(DRY_RUN) | TAKES(ALL) | TAKES(KILL) | TAKES(TIMEOUT), 0,
	  "send SIGTERM and wait until it is gone" },
	{ "wait", act_wait, NULL, FORCE | TAKES(TIMEOUT) | TAKES(UP), 0, "wait until it is gone" },
	{ "status", NULL, show_status, TAKES(JSON), 0, "show the state" },
	{ "pid", act_pid, NULL, FORCE, 0, "print the verified pid" },
	{ "log", log_show, NULL, FORCE | TAKES(FOLLOW) | TAKES(LINES), 0,
	  "show the end of its log" },
	{ "list", NULL, show_list, TAKES(JSON), 0, "show all pid files of the run directories" },
	{ NULL, NULL, NULL, 0, 0, NULL },
};

static const struct command *built_in(const char *word, size_t len)
{
	for (const struct command *c = command_table; c->name != NULL; c++)
		if (text_is(c->name, word, len))
			return c;
	return NULL;
}

/* ---- user-defined */

static int own_index(const struct command_own *own, const char *name, size_t len)
{
	for (unsigned i = 0; i < own->count; i++)
		if (text_is(own->entry[i].name, name, len))
			return (int)i;
	return -1;
}

static int may_send(const char *name, size_t len)
{
	const struct command *c = built_in(name, len);

	return c == NULL || c->signal != 0;
}

int command_define(struct command_own *own, const char *definition, size_t len)
{
	struct definition d;
	int i;

	if (value_definition(definition, len, &d) < 0 || d.name_len >= COMMAND_OWN_NAME)
		return -1;
	if (text_is("stop", definition, d.name_len)) {
		own->stop = d.schedule;
		return 0;
	}
	i = own_index(own, definition, d.name_len);
	if (!may_send(definition, d.name_len) || (i < 0 && own->count == COMMAND_OWN_MAX))
		return -1;
	if (i < 0)
		i = (int)own->count++;
	memcpy(own->entry[i].name, definition, d.name_len);
	own->entry[i].name[d.name_len] = '\0';
	own->entry[i].signal = d.schedule.step[0].signal;
	return 0;
}

int command_define_all(struct command_own *own, const char *list, const char **bad)
{
	size_t len;

	for (; (len = value_definition_next(&list)) > 0; list += len) {
		*bad = list;
		if (command_define(own, list, len) < 0)
			return -1;
	}
	return 0;
}

/* ---- find */

int command_find(const char *word, const struct command_own *own, struct command *out)
{
	const struct command *c = built_in(word, strlen(word));
	int i = own_index(own, word, strlen(word));

	if (c != NULL)
		*out = *c;
	else
		*out = (struct command){ SENDS(word, signals_number(word), "") };
	if (i >= 0)
		*out = (struct command){ SENDS(word, own->entry[i].signal, "") };
	return out->signal < 0 ? -1 : 0;
}

static int is_capital(const char *word)
{
	return *word >= 'A' && *word <= 'Z' && strpbrk(word, "abcdefghijklmnopqrstuvwxyz") == NULL;
}

int command_known(const char *word, const struct command_own *own)
{
	const size_t len = strlen(word);

	return built_in(word, len) != NULL || own_index(own, word, len) >= 0 ||
	       (is_capital(word) && signals_number(word) > 0);
}

/* ---- nearest */

const char *command_nearest(const char *word, const struct command_own *own)
{
	struct nearest n;
	const char *name;

	nearest_begin(&n, word, strlen(word));
	for (const struct command *c = command_table; c->name != NULL; c++)
		nearest_consider(&n, c->name);
	for (unsigned i = 0; i < own->count; i++)
		nearest_consider(&n, own->entry[i].name);
	for (unsigned i = 0; (name = signals_listed(i)) != NULL; i++)
		nearest_consider(&n, name);
	return n.name;
}
