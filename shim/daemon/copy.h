/* SPDX-License-Identifier: MIT */
/* copy - what the copy does from clone to exec. */
#ifndef COPY_H
#define COPY_H

#include "spawn/identity.h"
#include "spawn/image.h"
#include "spawn/reset.h"
#include "wire/plan.h"

#define COPY_KEEP_MAX (KEEP_MAX + 4)

#define COPY_PID_ROOM 20 /* bytes for the digits of a pid */

struct copy {
	const struct image *image;
	char **envp;
	const char *library;             /* NULL: the plan is carried out before exec */
	const struct identity *identity; /* NULL: switched to after chroot, by apply_plan */
	struct reset_descriptors fds;
	sys_sigset actions; /* the signals that may not have their default action */
	struct plan *plan;
	char *listen_pid; /* where the digits of its pid go, for LISTEN_PID; or NULL */
	char *mark_pid;   /* the same, for the mark */
	int umask;        /* -1: unchanged */
	int channel;
	int launcher_end;  /* of the channel; the copy must close it */
	int exit_like_env; /* exec failures have env(1)'s exit statuses */
};

/* Runs in the copy: resets signals and descriptors, switches user, executes the
 * program. Does not return; sends failures on the channel. Unless library is NULL,
 * it shares the launcher's memory and may only make system calls. */
void copy_run(const struct copy *c);

/* The parts of copy_run that foreground() uses. copy_become switches user and
 * returns 0, or -1 with *why; copy_execute returns only if exec fails, with *why;
 * copy_write_pid writes our pid to at, COPY_PID_ROOM bytes, unless it is NULL. */
int copy_become(const struct copy *c, struct failure *why);
void copy_execute(const struct copy *c, struct failure *why);
void copy_write_pid(char *at);

#endif
