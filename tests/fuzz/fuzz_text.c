/* SPDX-License-Identifier: MIT */
/* The readers of numbers against strtoll, the writer for terminals against a
 * strict reader of UTF-8, and the names of signals there and back. */
#include "fuzz.h"

#include "shim/base/signals.h"
#include "shim/base/text.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>

static int all_digits(const char *s)
{
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static void number(const char *s, long long min, long long max)
{
	long long got = -77, wanted;
	int r = text_number(s, min, max, &got), good;

	errno = 0;
	wanted = strtoll(s, NULL, 10);
	good = all_digits(s) && errno == 0 && wanted >= min && wanted <= max;
	MUST(r == (good ? 0 : -1));
	MUST(got == (good ? wanted : -77));
}

static void seconds(const char *s)
{
	const char *point = strchr(s, '.'), *rest = point != NULL ? point + 1 : "";
	size_t whole_len = point != NULL ? (size_t)(point - s) : strlen(s);
	char whole[32] = "0", thousandths[4] = "000";
	int ms = -77, good = whole_len < 16 && (whole_len > 0 || point != NULL);

	if (good && whole_len > 0) {
		memcpy(whole, s, whole_len);
		whole[whole_len] = '\0';
	}
	good = good && all_digits(whole) && (point == NULL || all_digits(rest)) &&
	       atoll(whole) <= 1000000;
	MUST(text_seconds(s, &ms) == (good ? 0 : -1));
	if (!good) {
		MUST(ms == -77);
		return;
	}
	for (int i = 0; i < 3 && rest[i] != '\0'; i++)
		thousandths[i] = rest[i];
	MUST(ms == atoll(whole) * 1000 + atoi(thousandths) +
	                   (strlen(rest) > 3 && rest[3 + strspn(rest + 3, "0")] != '\0'));
}

static void shown(const char *s, size_t room)
{
	char *buf = malloc(room);
	struct text t;
	size_t plain = strspn(s, " ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

	MUST(buf != NULL);
	text_begin(&t, buf, room);
	text_shown(&t, s);
	MUST(t.at == buf + strlen(buf) && strlen(buf) < room && strlen(buf) <= 86);
	if (s[plain] == '\0' && plain <= 80 && plain < room)
		MUST(strcmp(buf, s) == 0);
	if (!t.cut)
		for (const char *c = buf; *c != '\0';) {
			size_t len = fuzz_utf8(c);

			MUST(len > 0 && (unsigned char)*c >= 0x20 && *c != 0x7F && *c != '\'');
			MUST(*c != '\xC2' || (unsigned char)c[1] >= 0xA0);
			c += len;
		}
	free(buf);
}

static void signals(const char *s)
{
	int n = signals_number(s);
	char name[32];
	struct text t;

	MUST(n == -1 || (n > 0 && n <= SIGRTMAX));
	text_begin(&t, name, sizeof name);
	if (n > 0) {
		signals_name(&t, n);
		/* glibc's own, which have a number only */
		MUST(signals_number(name) == n || strncmp(name, "signal ", 7) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		long long min, max;
	} ranges[] = {
		{ 0, LLONG_MAX }, { 1, 65535 }, { 0, 4 }, { 3, INT_MAX }, { 0, 0 }, { 5, 9 }
	};
	char *text = fuzz_text(data, size);

	for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++)
		number(text, ranges[i].min, ranges[i].max);
	seconds(text);
	shown(text, 512);
	shown(text, size % 40 + 1);
	signals(text);
	free(text);
	return 0;
}
