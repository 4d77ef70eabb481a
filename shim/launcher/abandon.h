/* SPDX-License-Identifier: MIT */
/* abandon - the end of a daemon that did not become ready. */
#ifndef ABANDON_H
#define ABANDON_H

#include "ready/ready.h"

/* Ends the daemon and all that descends from it: TERM to those without a parent of their
 * own, after a second to the others, too, and KILL after two. Not what our caller had
 * started before (we may be its "exec"), nor a log command. */
void abandon(struct ready *r);

#endif
