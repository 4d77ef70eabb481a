/* SPDX-License-Identifier: MIT */
/* refuse - describes why a pid file cannot be claimed. */
#ifndef REFUSE_H
#define REFUSE_H

#include "pidfile/claim.h"
#include "pidfile/evidence.h"

/* It cannot be opened; error is the errno. */
void refuse_unopened(const struct claim *c, int error, struct failure *why);

/* Its daemon runs as pid: STATUS_TEMPFAIL. */
void refuse_running(const struct claim *c, pid_t pid, struct failure *why);

/* Another process, which e names, has locked it. */
void refuse_locked(const struct claim *c, const struct evidence *e, struct failure *why);

#endif
