/* SPDX-License-Identifier: MIT */
/* abandon - the end of a daemon that did not become ready. */
#ifndef ABANDON_H
#define ABANDON_H

#include "ready/ready.h"

/* Ends the daemon and what it has started: TERM to its process group, KILL
 * after two seconds, and KILL to what has left the group. */
void abandon(struct ready *r);

#endif
