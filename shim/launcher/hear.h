/* SPDX-License-Identifier: MIT */
/* answer - what the copy says of itself, or how it ended without a word. */
#ifndef HEAR_H
#define HEAR_H

#include "launcher/state.h"
#include "spawn/detach.h"

/* The copy's last word, heard on channel: NOTE_DONE, NOTE_PIDFILE_GONE, or
 * NOTE_FAILED with l->why; steps are shown on the way. Returns when the
 * channel has ended: closed before main begins, or by the copy's own end. */
int hear_copy(struct launch *l, int channel, const struct detach *d);

#endif
