/* SPDX-License-Identifier: MIT */
/* attempt - one attempt to claim a pid file: open, lock, look, check, share. */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "pidfile/claim.h"

enum attempt {
	ATTEMPT_CLAIMED,
	ATTEMPT_AGAIN,  /* worth retrying soon; *why holds the reason, in case no retry succeeds */
	ATTEMPT_FAILED, /* *why is described */
};

/* Makes one attempt, see claim_take. In c, path, base and dir must be set, and all
 * other descriptors be -1. */
enum attempt attempt(struct claim *c, mode_t mode, struct failure *why);

/* Is another process evicting the file, or replacing its daemon? */
int attempt_must_wait(const struct claim *c);

#endif
