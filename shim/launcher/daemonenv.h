/* SPDX-License-Identifier: MIT */
/* daemonenv - the environment that the daemon gets, and behind it, last, for
 * the copy alone: LD_PRELOAD with us and the mark. */
#ifndef DAEMONENV_H
#define DAEMONENV_H

#include "base/environ.h"
#include "base/report.h"
#include "options/options.h"

/* Descriptors passed by socket activation, sd_listen_fds(3). */
struct daemonenv_listen {
	unsigned count; /* from descriptor 3 on */
	char *pid;      /* where the digits of LISTEN_PID go, room for 20; NULL: none passed */
};

/* The caller's environment without ours, or with CLEARENV nothing of it; what
 * socket activation has passed to this process stays in any case.
 * Returns 0, or -1 with *why, as all that follow. */
int daemonenv_base(struct environ_block *b, char *const *envp, const struct options *o,
                   struct daemonenv_listen *listen, struct failure *why);

/* Adds the lines of DAEMONIZE_ENVFILE, if that is not empty, for a daemon of user
 * uid ((uid_t)-1: the caller's own). late: the program is executed with the
 * caller's rights, and loses them afterwards. */
int daemonenv_file(struct environ_block *b, const char *path, uid_t uid, int late,
                   struct failure *why);

/* Puts the caller's environment without ours into b, which is begun: for what
 * works for the caller, beside the daemon. library: ours, NULL if it is not in
 * LD_PRELOAD. */
int daemonenv_caller(struct environ_block *b, char *const *envp, const char *library,
                     struct failure *why);

/* Takes this library out of LD_PRELOAD, and the variable if nothing is left. */
int daemonenv_without(struct environ_block *b, const char *library, struct failure *why);

/* Adds NOTIFY_SOCKET (NULL: not), and for a program that is to be preloaded
 * LD_PRELOAD and the mark, whose text may be written later. */
int daemonenv_finish(struct environ_block *b, const char *notify_socket, const char *library,
                     char *mark_assignment, struct failure *why);

#endif
