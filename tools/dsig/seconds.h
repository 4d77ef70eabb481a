/* SPDX-License-Identifier: MIT */
/* seconds - a time on the command line. */
#ifndef SECONDS_H
#define SECONDS_H

/* Reads "10", "0.5", ".5", up to 1000000, into milliseconds, rounded up. 0 is
 * allowed, which is not to wait; that is why this is not value_seconds() of
 * the library. Returns 0, or -1 and leaves *ms alone. */
int seconds_parse(const char *text, int *ms);

#endif
