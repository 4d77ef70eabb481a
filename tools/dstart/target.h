/* SPDX-License-Identifier: MIT */
/* target - determines how the program will be executed. */
#ifndef TARGET_H
#define TARGET_H

#include "launcher/state.h"
#include "precheck.h"

/* Judges target->image.path (precheck) for the user who will execute it, o->user or
 * the caller, and records in target->image what kind of file it is. library may be
 * NULL. Returns the verdict, and fills in *check. */
enum precheck_verdict target_judge(struct launch_target *target, const char *library,
                                   const struct options *o, struct precheck_result *check);

#endif
