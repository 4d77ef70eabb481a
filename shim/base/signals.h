/* SPDX-License-Identifier: MIT */
/* signals - names of signals, as in signal(7) and kill(1). */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "base/text.h"

/* What libcs keep for their threads: glibc up to 33; musl up to 34, for which it
 * removes any other handler when it needs it. */
#define SIGNALS_LIBC_FIRST 32
#define SIGNALS_LIBC_LAST 34

/* Returns the number of the signal called name: "TERM", "SIGTERM" or "term",
 * "RTMIN+3", "RTMAX-1", or a decimal number in 1..RTMAX. Returns -1 if there is
 * none. */
int signals_number(const char *name);

/* Appends a signal's name: "SIGTERM", "SIGRTMIN+3" or, if it has none, "signal 77". */
void signals_name(struct text *t, int number);

/* Returns the n-th known name without "SIG", NULL after the last: for help and
 * completions. */
const char *signals_listed(unsigned n);

#endif
