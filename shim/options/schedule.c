/* SPDX-License-Identifier: MIT */
#include "options/schedule.h"

#include "base/signals.h"
#include "base/text.h"
#include "options/values.h"

#include <string.h>

/* Parses "TERM/30/KILL/5": signals and seconds in turn. A "-" before a signal is
 * allowed, as in start-stop-daemon(8). */
static int schedule(const char *text, size_t len, struct schedule *out)
{
	struct schedule s = { .count = 0 };
	const char *end = text + len;

	for (int is_time = 0; text <= end; is_time = !is_time) {
		const char *slash = memchr(text, '/', (size_t)(end - text));
		const char *to = slash != NULL ? slash : end;
		char word[32];
		struct text t;

		text_begin(&t, word, sizeof word);
		text_mem(&t, text, (size_t)(to - text));
		if (t.cut || (!is_time && s.count == SCHEDULE_MAX))
			return -1;
		if (is_time && text_seconds(word, &s.step[s.count - 1].ms) < 0)
			return -1;
		if (!is_time) {
			int number = signals_number(word + (word[0] == '-'));

			if (number <= 0)
				return -1;
			s.step[s.count].signal = number;
			s.step[s.count++].ms = -1;
		}
		text = to + 1;
	}
	*out = s;
	return 0;
}

int value_schedule(const char *text, void *field)
{
	return schedule(text, strlen(text), field);
}

int value_definition(const char *text, size_t len, struct definition *out)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals != NULL ? (size_t)(equals - text) : 0;
	struct definition d = { .name_len = name_len };

	if (name_len == 0 || strspn(text, allowed) < name_len || *text == '-' ||
	    (*text >= '0' && *text <= '9') ||
	    schedule(equals + 1, len - name_len - 1, &d.schedule) < 0)
		return -1;
	if (!text_is("stop", text, name_len) &&
	    (d.schedule.count > 1 || d.schedule.step[0].ms >= 0))
		return -1;
	*out = d;
	return 0;
}

size_t value_definition_next(const char **list)
{
	static const char blanks[] = " \t\n";

	*list += strspn(*list, blanks);
	return strcspn(*list, blanks);
}

int value_commands(const char *text, void *field)
{
	struct definition d;
	const char *list = text;
	size_t len;

	for (; (len = value_definition_next(&list)) > 0; list += len)
		if (value_definition(list, len, &d) < 0)
			return -1;
	return value_any(text, field);
}
