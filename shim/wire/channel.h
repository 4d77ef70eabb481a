/* SPDX-License-Identifier: MIT */
/* channel - between the launcher and the copy that becomes the daemon: one
 * SOCK_SEQPACKET pair. Down goes the plan, before the copy exists, and NOTE_PROCEED;
 * up come notes. The end of the copy is an end of file, so nobody waits for
 * one that has died. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "base/clock.h"
#include "base/report.h"
#include "base/sys.h"

#include <stddef.h>
#include <sys/types.h>

enum note_kind {
	NOTE_NONE,    /* nothing in time */
	NOTE_END,     /* end of file: the copy has ended, or executed the program */
	NOTE_BORN,    /* the marked copy runs: its parent may leave */
	NOTE_STEP,    /* for a verbose launcher: text says what was done, error when */
	NOTE_DONE,    /* everything asked for is in place; main, or exec, is next */
	NOTE_FAILED,  /* it is not, the copy ends; the failure says why */
	NOTE_PROCEED, /* down: the launcher will hear, main may begin */
};

struct note {
	int kind;
	struct failure failure;
};

/* Both ends, close on exec, above the descriptors that programs use.
 * Returns 0, or -errno. */
int channel_open(int *launcher_end, int *copy_end);

/* Sends a note; failure or text may be NULL. Returns 0, or -errno
 * (-EPIPE: the launcher is gone). */
int channel_tell(int fd, enum note_kind kind, const struct failure *failure);
int channel_step(int fd, const char *const *parts);

/* Receives the next note, or NOTE_NONE once deadline_ms (of clock_ms) has passed.
 * Signals do not end the wait. */
void channel_hear(int fd, long long deadline_ms, struct note *note);

/* recv(2) on an end of the channel. Signals do not end it, nor does the
 * ECONNRESET, once, from a copy that left without reading its plan: what it
 * has said is still to be read. Returns the bytes, or -errno. */
ssize_t channel_receive(int fd, void *buf, size_t size, int flags);

/* Waits, however long, for the next note, which is to be of this kind. Returns
 * 0, or -errno (-EPIPE: the end came; -EBADMSG: another). */
int channel_await(int fd, enum note_kind kind);

#endif
