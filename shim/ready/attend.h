/* SPDX-License-Identifier: MIT */
/* attend - turns signals that would end the launcher, and the end of its children,
 * into events, so that it can first end what it has started. */
#ifndef ATTEND_H
#define ATTEND_H

#include "base/sys.h"

struct attend {
	sys_sigset signals;
	sys_sigset actions; /* the signals that may not have their default action */
	int handled;        /* other threads could receive them */
	int fd;             /* -1 before attend_open; readable when a signal is pending */
};

/* Blocks these signals from now on. Those that our caller ignores (nohup) stay
 * ignored. */
void attend_begin(struct attend *a);

/* on = 1: lets these signals kill the launcher, while it is blocked and cannot
 * handle events. on = 0: turns them into events again. */
void attend_expose(const struct attend *a, int on);

/* Opens a->fd, a signalfd. Returns 0, or -errno. */
int attend_open(struct attend *a);

/* Takes pending signals, ignoring SIGCHLD. Returns the number of one that should
 * end us, or 0 if there is none. */
int attend_signal(const struct attend *a);

#endif
