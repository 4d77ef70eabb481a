/* SPDX-License-Identifier: MIT */
/* clock - readings of CLOCK_MONOTONIC. */
#ifndef CLOCK_H
#define CLOCK_H

/* Milliseconds; 0 if the clock cannot be read. */
long long clock_ms(void);

/* Microseconds, modulo INT_MAX + 1. Only differences mean anything; mask them with
 * INT_MAX. */
int clock_us(void);

#endif
