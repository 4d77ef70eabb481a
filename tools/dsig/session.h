/* SPDX-License-Identifier: MIT */
/* session - what a daemon has started. A daemon of ours has a session of its
 * own, so what is in it is its own, too. */
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
	pid_t id;    /* 0: not a session that is the daemon's alone */
	uid_t owner; /* the daemon's */
	unsigned count, room;
	struct session_member *member;
};

/* While the daemon lives: which session is its own, and which of its
 * descendants have left that. */
void session_begin(struct session *s, const struct pidfile_view *view);

/* Looks who is there: forgets who has ended, finds who is new. */
void session_look(struct session *s);

/* Waits until all that were found have ended, ms milliseconds at most.
 * Returns whether they have. */
int session_await(const struct session *s, int ms);

/* Sends to all of them; of a daemon that is not root's, to those of its user:
 * there may be programs in it that run with more rights. */
void session_signal(const struct session *s, int signal);

/* Of a daemon that is gone, whose pid file with this status named pid: which
 * processes are most likely left of its session. The session itself is not
 * known any more; so this is for people, and for no signal. */
void session_remains(struct session *s, pid_t pid, const struct sys_stat *file);

/* "12 (nginx), 13 (nginx)": the first of them. */
void session_text(const struct session *s, struct text *t);

/* Closes and frees. */
void session_end(struct session *s);

#endif
