/* SPDX-License-Identifier: MIT */
/* hear - what the copy says, and how it ended if it said nothing. */
#ifndef HEAR_H
#define HEAR_H

#include "launcher/state.h"
#include "spawn/detach.h"

/* Hears the copy on channel until everything asked for is in place, and for a
 * program without the library until it is executed. Steps are shown to a verbose
 * user. Returns 0; or -1 with l->why, unless that has a description already, and
 * the copy has ended, or was killed because it was not ready in time. */
int hear_copy(struct launch *l, int channel, const struct detach *d);

#endif
