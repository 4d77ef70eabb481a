/* SPDX-License-Identifier: MIT */
#include "pidfile/refuse.h"

#include "base/process.h"
#include "base/text.h"

#include <errno.h>

void refuse_unopened(const struct claim *c, int error, struct failure *why)
{
	const char *link = c->dir < 0 ? ": behind a symbolic link that others could have made"
	                              : ": is a symbolic link";

	(void)failure_set(why, STATUS_CANTCREAT, error == ELOOP ? 0 : error,
	                  "unable to open pid file ", c->path, error == ELOOP ? link : "");
}

void refuse_running(const struct claim *c, pid_t pid, struct failure *why)
{
	char number[24];

	(void)failure_set(why, STATUS_TEMPFAIL, 0, "already running as pid ",
	                  text_decimal(number, pid), " (", c->path, ")");
}

void refuse_locked(const struct claim *c, const struct evidence *e, struct failure *why)
{
	const pid_t holders[] = { e->record.holder, e->flock.holder, e->record.stranger,
		                  e->flock.stranger };
	char pid[24], uid[24];
	uid_t real, effective;
	unsigned i = 0;

	while (i < 3 && holders[i] == 0)
		i++;
	if (holders[i] > 0 && process_owner(holders[i], &real, &effective) == 0)
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to lock pid file ", c->path,
		                  ": it is locked by pid ", text_decimal(pid, holders[i]),
		                  " of uid ", text_decimal(uid, real),
		                  ", which is not the daemon that it names");
	else
		(void)failure_set(why, STATUS_CANTCREAT, 0, "unable to lock pid file ", c->path,
		                  ": it is locked by a process that cannot be seen from here");
}
