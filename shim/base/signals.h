/* SPDX-License-Identifier: MIT */
/* signals - names of signals, as signal(7) and kill(1) have them. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "base/text.h"

/* The number of the signal called name: "TERM", "SIGTERM" or "term",
 * "RTMIN+3", "RTMAX-1", or a decimal number within 1..RTMAX.
 * Returns -1 when there is none. */
int signals_number(const char *name);

/* Appends "SIGTERM", "SIGRTMIN+3" or, unnamed, "signal 77". */
void signals_name(struct text *t, int number);

/* The n-th name of the table without "SIG", NULL after the last: for help
 * and completions. */
const char *signals_listed(unsigned n);

#endif
