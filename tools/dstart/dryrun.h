/* SPDX-License-Identifier: MIT */
/* dryrun - shows what dstart would do, and checks what can be checked without doing
 * it. */
#ifndef DRYRUN_H
#define DRYRUN_H

#include "launcher/state.h"
#include "precheck.h"

/* Prints what would be done, with every option given on the command line or in the
 * environment. */
void dryrun_show(const struct launch_target *target, const struct options *o,
                 const struct precheck_result *check);

/* Checks without side effects whether the start can succeed, and reports all
 * problems; with replace set, a running daemon is not one. Returns the status of
 * the first problem, which the start would return, or 0. */
int dryrun_check(struct launch_target *target, const struct options *o, int replace);

#endif
