/* SPDX-License-Identifier: MIT */
#include "base/signals.h"

#include <signal.h>
#include <string.h>

/* Names are arrays in the table: pointers would need a relocation in every process
 * that loads the library. A number's first name is the one shown. */
static const struct {
	char name[7];
	unsigned char number;
} table[] = {
	{ "HUP", SIGHUP },       { "INT", SIGINT },   { "QUIT", SIGQUIT },     { "ILL", SIGILL },
	{ "TRAP", SIGTRAP },     { "ABRT", SIGABRT }, { "IOT", SIGABRT },      { "BUS", SIGBUS },
	{ "FPE", SIGFPE },       { "KILL", SIGKILL }, { "USR1", SIGUSR1 },     { "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 },     { "PIPE", SIGPIPE }, { "ALRM", SIGALRM },     { "TERM", SIGTERM },
	{ "CHLD", SIGCHLD },     { "CLD", SIGCHLD },  { "CONT", SIGCONT },     { "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },     { "TTIN", SIGTTIN }, { "TTOU", SIGTTOU },     { "URG", SIGURG },
	{ "XCPU", SIGXCPU },     { "XFSZ", SIGXFSZ }, { "VTALRM", SIGVTALRM }, { "PROF", SIGPROF },
	{ "WINCH", SIGWINCH },   { "IO", SIGIO },     { "POLL", SIGIO },       { "PWR", SIGPWR },
	{ "SYS", SIGSYS },
#ifdef SIGSTKFLT
	{ "STKFLT", SIGSTKFLT },
#endif
};
#define TABLE_SIZE (sizeof table / sizeof *table)

static const char realtime[][6] = { "RTMIN", "RTMAX" };

/* glibc's numbers, which kill(1) and systemd use, too. musl reserves one signal
 * more, but RTMIN+3 must mean the same in dsig and in the daemon, whatever libc
 * each has. */
#define RTMIN 34
#define RTMAX (_NSIG - 1)

/* ASCII only, whatever the locale: in Turkish, the capital of i is not I. */
static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Returns what follows prefix in s, without regard to case, or NULL. */
static const char *after(const char *s, const char *prefix)
{
	for (; *prefix != '\0'; s++, prefix++)
		if (upper(*s) != *prefix)
			return NULL;
	return s;
}

/* Parses the optional "+N" or "-N" after RTMIN or RTMAX. Returns the signal number,
 * or -1. */
static int realtime_number(int base, const char *offset)
{
	long long n = 0;

	if (*offset != '\0' && *offset != '+' && *offset != '-')
		return -1;
	if (*offset != '\0' && text_number(offset + 1, 0, RTMAX - RTMIN, &n) < 0)
		return -1;
	if (*offset == '-')
		n = -n;
	return base + n >= RTMIN && base + n <= RTMAX ? base + (int)n : -1;
}

int signals_number(const char *name)
{
	const char *word, *rest;
	long long n;

	if (text_number(name, 1, RTMAX, &n) == 0)
		return (int)n;
	word = after(name, "SIG");
	if (word == NULL)
		word = name;
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		rest = after(word, table[i].name);
		if (rest != NULL && *rest == '\0')
			return table[i].number;
	}
	rest = after(word, realtime[0]);
	if (rest != NULL)
		return realtime_number(RTMIN, rest);
	rest = after(word, realtime[1]);
	return rest != NULL ? realtime_number(RTMAX, rest) : -1;
}

static void realtime_name(struct text *t, int number)
{
	const int from_max = number - RTMIN > RTMAX - number;

	text_str(t, "SIG");
	text_str(t, realtime[from_max]);
	if (number == RTMIN || number == RTMAX)
		return;
	text_str(t, from_max ? "-" : "+");
	text_num(t, from_max ? RTMAX - number : number - RTMIN);
}

void signals_name(struct text *t, int number)
{
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (table[i].number == number) {
			text_str(t, "SIG");
			text_str(t, table[i].name);
			return;
		}
	if (number >= RTMIN && number <= RTMAX) {
		realtime_name(t, number);
		return;
	}
	text_str(t, "signal ");
	text_num(t, number);
}

const char *signals_listed(unsigned n)
{
	if (n < TABLE_SIZE)
		return table[n].name;
	n -= TABLE_SIZE;
	return n < sizeof realtime / sizeof *realtime ? realtime[n] : NULL;
}
