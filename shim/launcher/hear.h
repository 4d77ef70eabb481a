/* SPDX-License-Identifier: MIT */
/* hear - receives the copy's notes, or finds out how it ended. */
#ifndef HEAR_H
#define HEAR_H

#include "launcher/state.h"
#include "spawn/detach.h"

/* Receives the copy's notes on channel until it reports NOTE_DONE or, without the
 * library, until it has executed the program. Prints steps, if verbose. Returns 0,
 * or -1 with l->why (kept if already set) if the copy failed, ended, or was killed
 * at the deadline. */
int hear_copy(struct launch *l, int channel, const struct detach *d);

#endif
