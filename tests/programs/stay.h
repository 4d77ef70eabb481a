/* SPDX-License-Identifier: MIT */
/* Staying, and going, the way a well behaved server does. */
#ifndef TESTS_STAY_H
#define TESTS_STAY_H

#include <signal.h>

/* From now on TERM is remembered; it is blocked until one of the waits below.
 * Call it late: a child forked after it must call stay_reset(). */
void stay_begin(void);

/* Undo stay_begin(): TERM at its default action and not blocked. */
void stay_reset(void);

/* Wait until TERM has come. */
void stay_until_term(void);

/* Wait for ms milliseconds, or until TERM: 1 if TERM has come, else 0. */
int stay_for(long ms);

/* Wait until fd has one of these poll events, TERM, or timeout_ms (-1: for
 * ever) have passed: the events seen, 0 for the two others. */
int stay_poll(int fd, short events, long timeout_ms);

/* 1 once TERM has come. */
int stay_over(void);

/* Sleep for ms milliseconds; may be used without stay_begin(). */
void stay_sleep(long ms);

#endif
