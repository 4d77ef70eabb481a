/* SPDX-License-Identifier: MIT */
#include "command.h"

#include "base/nearest.h"
#include "base/signals.h"
#include "base/text.h"

#include <signal.h>
#include <string.h>

/* Always taken and so not listed: -c -p -q. Capital letters and j, l, o are
 * the letters of options that have a long name only. */
#define SIGNAL_TAKES "fonw"

const char command_allowed[] = "NAME=SIGNAL, for example rotate=USR1";

const struct command command_table[] = {
	{ "term", COMMAND_SIGNAL, SIGTERM, SIGNAL_TAKES, "send SIGTERM: end" },
	{ "reload", COMMAND_SIGNAL, SIGHUP, SIGNAL_TAKES,
	  "send SIGHUP: read the configuration again" },
	{ "quit", COMMAND_SIGNAL, SIGQUIT, SIGNAL_TAKES,
	  "send SIGQUIT: end gracefully, or dump core" },
	{ "int", COMMAND_SIGNAL, SIGINT, SIGNAL_TAKES, "send SIGINT" },
	{ "kill", COMMAND_SIGNAL, SIGKILL, SIGNAL_TAKES, "send SIGKILL" },
	{ "usr1", COMMAND_SIGNAL, SIGUSR1, SIGNAL_TAKES, "send SIGUSR1" },
	{ "usr2", COMMAND_SIGNAL, SIGUSR2, SIGNAL_TAKES, "send SIGUSR2" },
	{ "reopen", COMMAND_SIGNAL, SIGUSR1, SIGNAL_TAKES,
	  "send DAEMONIZE_REOPEN's signal (USR1): reopen logs" },
	{ "stop", COMMAND_STOP, SIGTERM, "fonkt", "send SIGTERM and wait until it is gone" },
	{ "wait", COMMAND_WAIT, 0, "fot", "wait until it is gone" },
	{ "status", COMMAND_STATUS, 0, "j", "show the state" },
	{ "pid", COMMAND_PID, 0, "fo", "print the verified pid" },
	{ "log", COMMAND_LOG, 0, "foFl", "show the end of its log" },
	{ "list", COMMAND_LIST, 0, "j", "show all pid files of the run directories" },
	{ NULL, COMMAND_LIST, 0, NULL, NULL },
};

static const struct command *built_in(const char *word, size_t len)
{
	for (const struct command *c = command_table; c->name != NULL; c++)
		if (text_is(c->name, word, len))
			return c;
	return NULL;
}

/* ---- own */

static int own_index(const struct command_own *own, const char *name, size_t len)
{
	for (unsigned i = 0; i < own->count; i++)
		if (text_is(own->entry[i].name, name, len))
			return (int)i;
	return -1;
}

static int well_named(const char *name, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	const struct command *c = built_in(name, len);

	return len > 0 && len < COMMAND_OWN_NAME && strspn(name, allowed) >= len && *name != '-' &&
	       (*name < '0' || *name > '9') && (c == NULL || c->kind == COMMAND_SIGNAL);
}

int command_define(struct command_own *own, const char *definition, size_t len)
{
	const char *equals = memchr(definition, '=', len);
	const size_t name_len = equals != NULL ? (size_t)(equals - definition) : 0;
	char signal_name[COMMAND_OWN_NAME];
	struct text t;
	int signal, i;

	if (equals == NULL || !well_named(definition, name_len))
		return -1;
	text_begin(&t, signal_name, sizeof signal_name);
	text_mem(&t, equals + 1, len - name_len - 1);
	signal = t.cut ? -1 : signals_number(signal_name);
	i = own_index(own, definition, name_len);
	if (signal < 0 || (i < 0 && own->count == COMMAND_OWN_MAX))
		return -1;
	if (i < 0)
		i = (int)own->count++;
	text_begin(&t, own->entry[i].name, COMMAND_OWN_NAME);
	text_mem(&t, definition, name_len);
	own->entry[i].signal = signal;
	return 0;
}

int command_define_all(struct command_own *own, const char *list, const char **bad)
{
	static const char blanks[] = " \t\n";

	for (list += strspn(list, blanks); *list != '\0'; list += strspn(list, blanks)) {
		size_t len = strcspn(list, blanks);

		*bad = list;
		if (command_define(own, list, len) < 0)
			return -1;
		list += len;
	}
	return 0;
}

/* ---- find */

int command_find(const char *word, const struct command_own *own, struct command *out)
{
	const struct command *c = built_in(word, strlen(word));
	int i = own_index(own, word, strlen(word));
	int signal;

	if (c != NULL)
		*out = *c;
	if (i >= 0)
		*out = (struct command){ word, COMMAND_SIGNAL, own->entry[i].signal, SIGNAL_TAKES,
			                 "" };
	if (c != NULL || i >= 0)
		return 0;
	signal = signals_number(word);
	*out = (struct command){ word, COMMAND_SIGNAL, signal, SIGNAL_TAKES, "" };
	return signal < 0 ? -1 : 0;
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
