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
	struct pidfile pidfile;
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

/* The variable that leads the copy to its plan. The launcher's own name for
 * the launch, not the user's: hence the underscore. */
#define PLAN_MARK "_DAEMONIZE_MARK"
#define PLAN_MARK_SIZE 64

/* Gives the plan a nonce, sends it on fd (launcher's end), and writes into
 * mark the value by which copy_end and the plan are found.
 * Returns 0, or -errno. */
int plan_send(struct plan *plan, int fd, int copy_end, char *mark);

/* The channel that mark speaks of; or -1 when the mark is stale or forged: no
 * such descriptor, no message, or not that of this mark. Takes nothing, and
 * never blocks. */
int plan_find(const char *mark);

/* Receives the plan from that channel into *plan, which has room bytes; a
 * longer one gets memory of its own, and *plan points there. Returns 0, or
 * -errno: -EBADMSG when it is none, and is left where it is. */
int plan_receive(struct plan **plan, size_t room, int fd);

#endif
