/* SPDX-License-Identifier: MIT */
/* attempt - one attempt at a pid file: open, lock, look, check. */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "pidfile/claim.h"

enum attempt {
	ATTEMPT_CLAIMED,
	ATTEMPT_AGAIN,  /* it may do better soon; *why is described for when it does not */
	ATTEMPT_FAILED, /* *why is described */
};

/* c has path, base and dir, and nothing else is open. See claim_take. */
enum attempt attempt(struct claim *c, mode_t mode, struct failure *why);

/* Is an evictor, or who replaces the daemon, at work, and not we? */
int attempt_must_wait(const struct claim *c);

#endif
