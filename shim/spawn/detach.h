/* SPDX-License-Identifier: MIT */
/* detach - a process in a session of its own, not its leader, whose parent
 * leaves at once: launcher -> middle (setsid) -> copy.
 *
 * All three share memory until the copy executes something, which spares
 * copying the host's page tables twice; so on that way there are only system
 * calls, and each has a stack of its own. The middle is suspended, as after
 * vfork, until the copy has executed; the launcher waits, and can end the copy
 * when time is up. The middle shares the launcher's descriptors, the copy has
 * its own. An emulator (qemu-user) makes all of them processes with memory and
 * descriptors of their own, so results lie in a page that is shared anyway.
 *
 * The middle stays the copy's parent until the copy has spoken or ended:
 * only a parent learns how a process ended. From then on the parent is init
 * (or the launcher, if it has made itself a subreaper), before main begins. */
#ifndef DETACH_H
#define DETACH_H

#include <sys/types.h>

struct detach {
	/* in */
	void (*body)(void *arg); /* runs in the copy; must execute or sys_exit */
	void *arg;
	int own_memory; /* copy the memory: body does more than execute */
	int heard_fd;   /* launcher's end of the channel the copy speaks on, -1: leave at once */
	int *close_in_launcher[2]; /* descriptors closed in the launcher, and made -1, once the copy
	                            * has them: what lives while they are open ends with the copy;
	                            * or NULL */
	int timeout_ms;            /* then the copy is killed; 0: never */

	/* out */
	pid_t pid; /* the copy's */
	int pidfd; /* stands for it, close on exec; -1 before Linux 5.2, or if it is not known */
	int error; /* errno of setsid or of creating the copy */
	int ended; /* the copy has ended: */
	int wait_status; /* as of waitpid(2) */
	int timed_out;
	pid_t launcher;
};

/* Returns 0 with the out fields set, or -errno and there is no copy. */
int detach_start(struct detach *d);

/* Kills the copy, which may have ended. */
void detach_kill(const struct detach *d);

#endif
