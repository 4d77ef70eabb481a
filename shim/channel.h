/* SPDX-License-Identifier: MIT */
/* channel - between the launcher and the copy that becomes the daemon: one
 * SOCK_SEQPACKET pair. Down goes the plan, before the copy exists, and NOTE_GO;
 * up come notes. The end of the copy is an end of file, so nobody waits for
 * one that has died. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "report.h"

#include <stddef.h>
#include <sys/types.h>

enum note_kind {
	NOTE_NONE,   /* nothing in time */
	NOTE_END,    /* end of file: the copy has ended, or executed the program */
	NOTE_BORN,   /* the marked copy runs: its parent may leave */
	NOTE_STEP,   /* for a verbose launcher: text says what was done, error when */
	NOTE_DONE,   /* everything asked for is in place; main is next */
	NOTE_FAILED, /* it is not, the copy ends; the failure says why */
	NOTE_GONE,   /* the pid file was unlinked under us: start again */
	NOTE_GO,     /* down: the launcher will hear, main may begin */
};

struct note {
	int kind;
	struct failure failure;
};

/* Both ends, close on exec, above the descriptors that programs use.
 * Returns 0, or -1 with errno. */
int channel_open(int *launcher_end, int *copy_end);

/* A copy of fd at a high number, close on exec, in place of fd. Returns it,
 * or -1 with errno and fd is closed. */
int channel_raise(int fd);

/* Sends a note; failure or text may be NULL. Returns 0, or -1 with errno
 * (EPIPE: the launcher is gone). */
int channel_tell(int fd, enum note_kind kind, const struct failure *failure);
int channel_step(int fd, const char *const *parts);

/* The next note, waited for until deadline_ms (of channel_clock); kind
 * NOTE_NONE when it came first. Interrupted by signals: waits on. Unless at_once
 * is set waits for the end, and what has been said is heard then: to be woken
 * for each note takes the processor from the copy, which is what is waited for. */
void channel_hear(int fd, long long deadline_ms, int at_once, struct note *note);

/* recv(2), not ended by a signal, nor by the ECONNRESET that comes once from an
 * other end that has ended before it read all: what it had sent is still to be
 * had. Returns what recv does. */
ssize_t channel_receive(int fd, void *buf, size_t size, int flags);

/* Waits, however long, for the next note. Is it of this kind? */
int channel_await(int fd, enum note_kind kind);

/* Microseconds of the same clock, from 0 again now and then: for differences. */
int channel_microseconds(void);

/* Milliseconds of a clock that only goes forward. */
long long channel_clock(void);

#endif
