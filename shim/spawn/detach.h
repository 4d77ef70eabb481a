/* SPDX-License-Identifier: MIT */
/* detach - starts a process in a session of its own that it does not lead: launcher
 * -> middle (setsid) -> copy.
 *
 * All three share memory until the copy calls exec, which saves copying the host's
 * page tables twice; so until then they make only system calls, and each has its
 * own stack. The middle is suspended, as after vfork, until the copy has called
 * exec; the launcher waits, and can kill the copy when the timeout expires. The
 * middle shares the launcher's descriptors, the copy has its own. Under an emulator
 * (qemu-user) none of them shares memory or descriptors, so results are stored in
 * memory mapped as shared.
 *
 * The middle remains the copy's parent until the copy has spoken or ended, because
 * only a parent learns how a process ended. Then, before main begins, init becomes
 * the parent (or the launcher, if it is a subreaper). */
#ifndef DETACH_H
#define DETACH_H

#include <sys/types.h>

struct detach {
	/* in */
	void (*body)(void *arg); /* runs in the copy; must call exec or sys_exit */
	void *arg;
	void (*born)(void *arg, pid_t pid); /* called in the launcher as soon as there is a copy,
	                                     * which goes on meanwhile; or NULL */
	int own_memory;                     /* copy the memory, because body does more than exec */
	int heard_fd; /* launcher's end of the copy's channel; -1: the middle does not wait */
	int *close_in_launcher[2]; /* the launcher's duplicates, closed and set to -1 once the copy
	                            * has its own, so that they are closed everywhere when the copy
	                            * ends; or NULL */
	int timeout_ms;            /* after that the copy is killed; 0: never */

	/* out */
	pid_t pid;       /* of the copy */
	int pidfd;       /* refers to it, close-on-exec; -1: unknown, or Linux before 5.2 */
	int error;       /* errno of setsid, or of starting the copy */
	int ended;       /* the copy has ended, with wait_status */
	int wait_status; /* as from waitpid(2) */
	int timed_out;
	pid_t launcher;
};

/* Starts the copy. Returns 0 with the out fields set, or -errno, and there is no
 * copy. */
int detach_start(struct detach *d);

/* Sends SIGKILL to the copy, which may have ended. */
void detach_kill(const struct detach *d);

#endif
