/* SPDX-License-Identifier: MIT */
/* plan - what the copy has to do, decided in full by the launcher: one
 * message on the channel, strings packed behind the struct. The copy parses
 * no option, looks up no name, and its environment carries no more than
 * where the message waits. */
#ifndef PLAN_H
#define PLAN_H

#include "pidfile/pidfile.h"
#include "spawn/identity.h"
#include "spawn/image.h"

#include <stdint.h>

#define PLAN_MAX 65536
#define PLAN_NONCE 16

/* An offset of a string behind the struct; 0: none. */
typedef uint32_t plan_string;

struct plan {
	unsigned char nonce[PLAN_NONCE];
	uint32_t size; /* of the whole message */
	int32_t verbose;
	int32_t linebuf;
	int32_t reopen; /* signal, 0: none */
	int32_t logfile_mode;
	char comm[COMM_SIZE];
	struct pidfile pidfile; /* its descriptors travel with the message */
	plan_string pidfile_path;
	plan_string chroot;
	plan_string workdir;
	plan_string script; /* that must be found in the chroot */
	plan_string out;    /* log files to reopen */
	plan_string err;
	struct identity identity; /* to become after chroot; else it has been done */
	plan_string groups;       /* identity.groups, in the message */
};

/* The string, or NULL for none. */
const char *plan_text(const struct plan *plan, plan_string at);

/* Packs text (NULL or empty: none) into the plan, which has PLAN_MAX bytes.
 * Returns 0, or -errno (-E2BIG: it is full). */
int plan_pack(struct plan *plan, plan_string *at, const char *text);
int plan_pack_groups(struct plan *plan);

/* The variable that leads the copy to its plan, "FD.NONCE.PID". The launcher's
 * own name for the launch, not the user's: hence the underscore. The copy adds
 * its PID, so that a child which somebody's constructor starts before ours runs
 * is not taken for it. */
#define PLAN_MARK "_DAEMONIZE_MARK"
#define PLAN_MARK_SIZE 80

/* Gives the plan a nonce, sends it on fd (launcher's end) with the descriptors
 * of plan->pidfile, and writes into mark the value by which copy_end and the plan
 * are found, but for the PID: *pid_at becomes the place for its digits.
 * Returns 0, or -errno. */
int plan_send(struct plan *plan, int fd, int copy_end, char *mark, char **pid_at);

/* The channel that mark speaks of; or -1 when the mark is stale, forged or
 * another process's: no such descriptor, no message, or not that of this mark.
 * Takes nothing, and never blocks. */
int plan_find(const char *mark);

/* Is mark that of a copy which this process descends from? Its libraries'
 * constructors may start programs before ours has run. If so closes what this
 * process has inherited of the channel. */
int plan_is_ancestors(const char *mark);

/* Receives the plan from that channel into *plan, which has room bytes; a
 * longer one gets memory of its own, and *plan points there. Returns 0, or
 * -errno: -EBADMSG if the message is not a plan; it then stays in the socket. */
int plan_receive(struct plan **plan, size_t room, int fd);

#endif
