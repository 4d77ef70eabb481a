/* SPDX-License-Identifier: MIT */
/* deliver - sends to, and waits for, a process that was verified.
 *
 * Through a pidfd, which stands for that very process however numbers are
 * reused. Kernels before 5.3 and some sandboxes have none: then by number, and
 * by the start time, between looks that are at most 100 ms apart. */
#ifndef DELIVER_H
#define DELIVER_H

#include "pidfile/inspect.h"

struct process_ref {
	pid_t pid;
	int pidfd; /* -1: there is none */
};

/* The process of a pid file. */
static inline struct process_ref deliver_to(const struct pidfile_view *view)
{
	return (struct process_ref){ view->pid, view->pidfd };
}

/* Returns 0, or -errno (ESRCH: it has ended, EPERM). */
int deliver_signal(struct process_ref process, int signal);

/* Waits until the process has ended (a zombie has), for ms milliseconds at
 * most, for ever if that is negative. Returns 1 ended, 0 still there, or
 * -errno. */
int deliver_await_end(struct process_ref process, int ms);

#endif
