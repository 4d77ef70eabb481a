/* SPDX-License-Identifier: MIT */
/* deliver - sends signals to a verified process, and waits for its end.
 *
 * A pidfd refers to that very process, even if its pid is reused. Without pidfds
 * (before Linux 5.3, in some sandboxes) we use the pid, and check its start time at
 * least every 100 ms. */
#ifndef DELIVER_H
#define DELIVER_H

#include "pidfile/inspect.h"

struct process_ref {
	pid_t pid;
	int pidfd; /* -1: none */
};

/* The process that a pid file names. */
static inline struct process_ref deliver_to(const struct pidfile_view *view)
{
	return (struct process_ref){ view->pid, view->pidfd };
}

/* Sends signal. Returns 0, or -errno (-ESRCH: the process has ended; -EPERM). */
int deliver_signal(struct process_ref process, int signal);

/* Waits until the process has ended (a zombie has), ms milliseconds at most;
 * forever if negative. Returns 1 if it has ended, 0 if not, or -errno. */
int deliver_await_end(struct process_ref process, int ms);

#endif
