/* SPDX-License-Identifier: MIT */
/* deliver - sends to, and waits for, the process that was verified.
 *
 * Through view->pidfd, which stands for that very process however numbers
 * are reused. Kernels before 5.3 and some sandboxes have none: then by
 * number, and by the start time, between looks that are at most 100 ms
 * apart. */
#ifndef DELIVER_H
#define DELIVER_H

#include "pidfile/inspect.h"

/* Returns 0, or -errno (ESRCH: it has ended, EPERM). */
int deliver_signal(const struct pidfile_view *view, int signal);

/* Waits until the process has ended (a zombie has), for ms milliseconds at
 * most, for ever if that is negative. Returns 1 ended, 0 still there, or
 * -errno. */
int deliver_await_end(const struct pidfile_view *view, int ms);

#endif
