/* SPDX-License-Identifier: MIT */
/* answer - what the copy says of itself, or how it ended without a word. */
#ifndef ANSWER_H
#define ANSWER_H

#include "detach.h"
#include "prepare.h"

/* The copy's last word, heard on channel: NOTE_DONE, NOTE_GONE, or
 * NOTE_FAILED with l->why; steps are shown on the way. */
int answer_hear(struct launch *l, int channel, const struct detach *d);

/* What comes behind the last word `said`: the end of the channel, closed
 * before main begins. Or, from a copy that executes its program without us,
 * the reason why it could not: then NOTE_FAILED, else `said`. */
int answer_end(struct launch *l, int channel, int said);

#endif
