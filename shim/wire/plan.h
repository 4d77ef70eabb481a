/* SPDX-License-Identifier: MIT */
/* plan - the launcher's complete instructions for the copy: one message on the
 * channel, a struct with its strings behind it. The copy parses no options and
 * looks up no names; its environment says only on which descriptor the message is
 * waiting. */
#ifndef PLAN_H
#define PLAN_H

#include "pidfile/pidfile.h"
#include "spawn/identity.h"
#include "spawn/image.h"

#include <stdint.h>

#define PLAN_MAX 65536
#define PLAN_NONCE 16

/* Offset of a string from the beginning of the struct; 0: none. */
typedef uint32_t plan_string;

struct plan {
	unsigned char nonce[PLAN_NONCE];
	uint32_t size; /* of the whole message, in bytes */
	int32_t verbose;
	int32_t linebuf;
	int32_t reopen; /* signal, 0: none */
	int32_t logfile_mode;
	char comm[COMM_SIZE];
	struct pidfile pidfile; /* its descriptors are sent with the message */
	plan_string pidfile_path;
	plan_string chroot;
	plan_string workdir;
	plan_string script; /* that must be readable in the chroot */
	plan_string out;    /* log files to reopen */
	plan_string err;
	struct identity identity; /* switched to after chroot; without one, before exec */
	plan_string groups;       /* offset of identity.groups */
};

/* The string at offset at, or NULL for none. */
const char *plan_text(const struct plan *plan, plan_string at);

/* Append text (NULL or empty: none) or identity.groups to plan, which has PLAN_MAX
 * bytes, and store the offset. Return 0, or -errno (-E2BIG: no room). */
int plan_pack(struct plan *plan, plan_string *at, const char *text);
int plan_pack_groups(struct plan *plan);

/* The variable by which the copy finds its plan, "FD.NONCE.PID". The underscore
 * tells it from the user's variables. PID is that of the copy, so that a child
 * started by another library's constructor is not taken for the copy. */
#define PLAN_MARK "_DAEMONIZE_MARK"
#define PLAN_MARK_SIZE 80

/* Gives plan a nonce and sends it on fd, the launcher's end, with the descriptors
 * of plan->pidfile. Writes to mark (PLAN_MARK_SIZE bytes) the value that names
 * copy_end and the plan, without the PID; sets *pid_at to where its digits go.
 * Returns 0, or -errno. */
int plan_send(struct plan *plan, int fd, int copy_end, char *mark, char **pid_at);

/* Returns the copy's end of the channel, or -1 if mark is stale, forged or another
 * process's: there is no such descriptor, no message, or not that of this mark.
 * Does not receive the message, and never blocks. */
int plan_find(const char *mark);

/* Is mark that of a copy that this process descends from? Constructors of other
 * libraries may start programs before ours runs. If so, closes the inherited end of
 * the channel. */
int plan_is_ancestors(const char *mark);

/* Receives the plan from fd into *plan, which has room bytes; for a longer one
 * allocates memory and sets *plan. Returns 0, or -errno (-EBADMSG: the message is
 * not a plan, and stays in the socket). */
int plan_receive(struct plan **plan, size_t room, int fd);

#endif
