/* SPDX-License-Identifier: MIT */
#include "guard.h"

#include "base/process.h"
#include "base/signals.h"
#include "base/text.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define refuse(why, ...) failure_set((why), STATUS_NOPERM, 0, __VA_ARGS__)

/* ---- the file */

static int guard_owner(const struct target *t, struct failure *why)
{
	const uid_t owner = t->view.file.uid;
	uid_t real, effective;
	char uid[24], pid[24];

	if (owner == 0 || owner == geteuid())
		return 0;
	text_decimal(uid, owner);
	text_decimal(pid, t->view.pid);
	if (process_owner(t->view.pid, &real, &effective) < 0)
		return refuse(why, t->path, " belongs to uid ", uid, ", and the owner of process ",
		              pid, " cannot be determined");
	if (real != owner || effective != owner)
		return refuse(why, t->path, " belongs to uid ", uid, ", but process ", pid,
		              " does not");
	return 0;
}

int guard_file(const struct target *t, struct failure *why)
{
	if (guard_owner(t, why) < 0)
		return -1;
	if ((t->view.evidence == EVIDENCE_NONE || t->view.evidence == EVIDENCE_CLOCK) &&
	    (t->view.file.mode & (S_IWGRP | S_IWOTH)) != 0)
		return refuse(why, "users other than its owner can write ", t->path,
		              ", and neither a lock nor a stamp ties the process to it");
	return 0;
}

/* ---- the signal */

int guard_can_end_by_accident(int signal)
{
	switch (signal) {
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
	case SIGKILL:
	case SIGABRT: /* meant to end it */
	case SIGCHLD:
	case SIGURG:
	case SIGWINCH:
	case SIGCONT: /* ignored by default */
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU: /* stop by default */
		return 0;
	default:
		return 1;
	}
}

int guard_signal(const struct target *t, int signal, struct failure *why)
{
	struct process_signals sets;
	char pid[24];
	char name[32];
	struct text text;

	if (!guard_can_end_by_accident(signal))
		return 0;
	text_decimal(pid, t->view.pid);
	text_begin(&text, name, sizeof name);
	signals_name(&text, signal);
	if (process_signals(t->view.pid, &sets) < 0)
		return refuse(why, "/proc does not show whether pid ", pid, " handles ", name,
		              ", which could end it; -f sends it anyway");
	if (((sets.caught | sets.ignored | sets.blocked) >> (signal - 1) & 1) != 0)
		return 0;
	return refuse(why, "pid ", pid, " neither handles, ignores nor blocks ", name,
	              ", which would kill it; end it with 'dsig stop', or send it with -f");
}
