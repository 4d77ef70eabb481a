/* SPDX-License-Identifier: MIT */
/* daemonenv - builds the daemon's environment. For the copy only, its last entries
 * are LD_PRELOAD with this library and the mark. */
#ifndef DAEMONENV_H
#define DAEMONENV_H

#include "base/environ.h"
#include "base/report.h"
#include "options/options.h"

/* Descriptors passed by socket activation, sd_listen_fds(3). */
struct daemonenv_listen {
	unsigned count; /* as descriptors 3 and up */
	char *pid;      /* where LISTEN_PID's digits go, 20 bytes; NULL: none were passed */
};

/* Fills b with the caller's environment except our variables, or with
 * DAEMONIZE_CLEARENV leaves it empty. Either way it keeps what socket activation
 * has passed to this process; LISTEN_PID's value is left for the copy to write.
 * Returns 0, or -1 with *why, as all functions below. */
int daemonenv_base(struct environ_block *b, char *const *envp, const struct options *o,
                   struct daemonenv_listen *listen, struct failure *why);

/* Adds the assignments in the file at path (empty: none), for a daemon that runs as
 * uid ((uid_t)-1: as the caller). late: the program is executed before the switch
 * of user, so a file that others can write must not set variables for the loader. */
int daemonenv_file(struct environ_block *b, const char *path, uid_t uid, int late,
                   struct failure *why);

/* Adds the caller's environment except our variables to b, which must be
 * initialized: for commands that run as the caller. If library is not NULL, removes
 * it from LD_PRELOAD. */
int daemonenv_caller(struct environ_block *b, char *const *envp, const char *library,
                     struct failure *why);

/* Removes library from LD_PRELOAD, and the variable if it is then empty. */
int daemonenv_without(struct environ_block *b, const char *library, struct failure *why);

/* Adds NOTIFY_SOCKET, unless notify_socket is NULL, and, unless library is NULL,
 * LD_PRELOAD with library and the mark. mark_assignment is not copied: its value
 * may be written later. */
int daemonenv_finish(struct environ_block *b, const char *notify_socket, const char *library,
                     char *mark_assignment, struct failure *why);

#endif
