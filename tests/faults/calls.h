/* SPDX-License-Identifier: MIT */
/* System calls: how they are called, and what each of them may well fail with. */
#ifndef FAULTS_CALLS_H
#define FAULTS_CALLS_H

/* fcntl is many calls: its number and command as one number, and for all
 * others the number itself. */
long calls_kind(long number, unsigned long second_argument);

/* What follows takes such a number. The name, or NULL for a call that calls.c
 * does not list. */
const char *calls_name(long number);

/* The plausible errors, ended by 0; empty for a call that cannot fail. */
const int *calls_errors(long number);

/* Does the kernel do its work even where it reports an error? */
int calls_done_anyway(long number);

#endif
