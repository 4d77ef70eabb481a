/* SPDX-License-Identifier: MIT */
/* channel - the SOCK_SEQPACKET socket pair between launcher and copy. The launcher
 * sends the plan, before the copy exists, and NOTE_PROCEED; the copy sends notes.
 * When the copy dies the launcher reads EOF, so it never waits for a dead copy. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "base/clock.h"
#include "base/report.h"
#include "base/sys.h"

#include <stddef.h>
#include <sys/types.h>

enum note_kind {
	NOTE_NONE,    /* nothing arrived in time */
	NOTE_END,     /* EOF: the copy has ended, or executed the program */
	NOTE_BORN,    /* the copy runs: the middle process may exit */
	NOTE_STEP,    /* if verbose: text says what was done, error is the time, of clock_us */
	NOTE_DONE,    /* the plan is carried out; main, or exec, is next */
	NOTE_FAILED,  /* it has failed, and the copy exits; failure says why */
	NOTE_PROCEED, /* from the launcher: main may begin */
};

struct note {
	int kind;
	struct failure failure;
};

/* Opens the socket pair: close-on-exec, with numbers above those that programs use.
 * Returns 0, or -errno. */
int channel_open(int *launcher_end, int *copy_end);

/* Send a note: of kind, with failure unless that is NULL; or a NOTE_STEP, with the
 * text of all parts up to a NULL. Return 0, or -errno (-EPIPE: the other end is
 * closed). */
int channel_tell(int fd, enum note_kind kind, const struct failure *failure);
int channel_step(int fd, const char *const *parts);

/* Receives the next note. Its kind is NOTE_NONE once deadline_ms (of clock_ms) has
 * passed, and NOTE_END after EOF or an error. EINTR is retried. */
void channel_hear(int fd, long long deadline_ms, struct note *note);

/* recv(2), and recvmsg(2), on either end. Retry EINTR and, once, ECONNRESET: that
 * comes from a peer that ends with something unread, and what it has sent can still
 * be read. Return the number of bytes, or -errno. */
ssize_t channel_receive(int fd, void *buf, size_t size, int flags);
ssize_t channel_receive_message(int fd, struct msghdr *message, int flags);

/* Waits for the next note, without a timeout. Returns 0 if it is of this kind, else
 * -errno (-EPIPE: EOF; -EBADMSG: another note). */
int channel_await(int fd, enum note_kind kind);

#endif
