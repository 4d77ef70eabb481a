/* SPDX-License-Identifier: MIT */
/* copy - the life of the copy from its birth to exec. */
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
	const struct identity *identity; /* NULL: becomes it after chroot, by the plan */
	struct reset_descriptors fds;
	struct plan *plan;
	char *listen_pid; /* where the digits of its own pid go, for LISTEN_PID; or NULL */
	char *mark_pid;   /* the same, for the mark */
	int umask;        /* -1: unchanged */
	int channel;
	int launcher_end;  /* of the channel, which must not stay open in the copy */
	int exit_like_env; /* exec errors have env(1)'s statuses */
};

/* Runs in the copy: becomes clean, becomes the user, executes. Does not
 * return. Failures are told on the channel. Unless library is NULL the
 * memory is still the launcher's, and there are only system calls. */
void copy_run(const struct copy *c);

/* Parts of this, for a program in the foreground. copy_become returns 0, or -1
 * with *why; copy_execute only when it fails; copy_write_pid writes our pid at a
 * place of COPY_PID_ROOM bytes, or NULL. */
int copy_become(const struct copy *c, struct failure *why);
void copy_execute(const struct copy *c, struct failure *why);
void copy_write_pid(char *at);

#endif
