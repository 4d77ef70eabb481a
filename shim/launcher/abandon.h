/* SPDX-License-Identifier: MIT */
/* abandon - ends a daemon that did not become ready. */
#ifndef ABANDON_H
#define ABANDON_H

#include "ready/ready.h"

/* Ends the daemon and all its descendants: SIGTERM to our own children at once, to
 * the others after a second, SIGKILL to all after two; gives up after two more.
 * Spares children that our caller had started (it may have exec'd us) and log
 * commands. */
void abandon(struct ready *r);

#endif
