/* SPDX-License-Identifier: MIT */
/* attend - signals that would end the launcher, and the end of its children, come to it
 * as events, so that it ends what it had started before it goes. */
#ifndef ATTEND_H
#define ATTEND_H

#include "base/sys.h"

struct attend {
	sys_sigset signals;
	int handled; /* there are threads that could be given them */
	int fd;      /* -1 before attend_open; readable when one has come */
};

/* Has these signals wait from now on. What our caller ignores (nohup) stays ignored. */
void attend_begin(struct attend *a);

/* Lets those signals end the launcher (on = 1), as is right while it is suspended and
 * could not look at events; or has them be events again (0). */
void attend_expose(const struct attend *a, int on);

/* Opens a->fd. Returns 0, or -errno. */
int attend_open(struct attend *a);

/* Takes what has come: returns the number of a signal that is to end us, or 0. */
int attend_signal(const struct attend *a);

#endif
