/* SPDX-License-Identifier: MIT */
/* clock - the clock that only goes forward, CLOCK_MONOTONIC. */
#ifndef CLOCK_H
#define CLOCK_H

/* In milliseconds. */
long long clock_ms(void);

/* In microseconds, modulo INT_MAX + 1: only differences mean anything, and
 * these are to be masked with INT_MAX. */
int clock_us(void);

#endif
