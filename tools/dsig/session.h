/* SPDX-License-Identifier: MIT */
/* session - the processes that a daemon has started. A daemon of ours has a session
 * of its own, so all processes in it are its own, too. */
#ifndef SESSION_H
#define SESSION_H

#include "base/text.h"
#include "deliver.h"

#include <stdint.h>

struct session_member {
	struct process_ref process;
	uint64_t start_ticks;
};

struct session {
	pid_t id;    /* 0: the daemon has no session of its own */
	uid_t owner; /* the daemon's user */
	unsigned count, room;
	struct session_member *member;
};

/* While the daemon runs: finds its session, and descendants that have left it. */
void session_begin(struct session *s, const struct pidfile_view *view);

/* Updates the list of members: drops those that have ended, adds new ones. */
void session_look(struct session *s);

/* Waits until all members have ended, ms milliseconds at most. Returns whether they
 * have. */
int session_await(const struct session *s, int ms);

/* Sends signal to all members; if the daemon is not root's, only to those of its
 * user: others may run with more rights. */
void session_signal(const struct session *s, int signal);

/* For a daemon that is gone: finds the processes that probably remain of its
 * session. pid is what its pid file named, file that file's status. This is a
 * guess, since the session is no longer known: show it to people, but signal
 * nobody. */
void session_remains(struct session *s, pid_t pid, const struct sys_stat *file);

/* Appends the first members: "12 (nginx), 13 (nginx)". */
void session_text(const struct session *s, struct text *t);

/* Closes and frees what *s holds. */
void session_end(struct session *s);

#endif
