/* SPDX-License-Identifier: MIT */
/* dryrun - what dstart would do, and what of it can be seen to fail. */
#ifndef DRYRUN_H
#define DRYRUN_H

#include "launcher/state.h"
#include "precheck.h"

/* Prints the plan, with every option that was given on the command line (of
 * argv, before the program) or in the environment. */
void dryrun_show(const struct launch_target *target, const struct options *o,
                 const struct precheck_result *check);

/* Checks all that can be checked without doing it, and says all that is wrong.
 * Returns the status of the first, which the start would have; or 0. */
int dryrun_check(struct launch_target *target, const struct options *o, int replace);

#endif
