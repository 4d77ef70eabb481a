/* SPDX-License-Identifier: MIT */
/* target - how the program will be executed, found out before it is. */
#ifndef TARGET_H
#define TARGET_H

#include "launcher/state.h"
#include "precheck.h"

/* Judges target->image.path (precheck) for the user that will execute it, who
 * may be another than ours, and notes what kind of file it is. library may be
 * NULL. Returns the verdict, and fills *check. */
enum precheck_verdict target_judge(struct launch_target *target, const char *library,
                                   const struct options *o, struct precheck_result *check);

#endif
