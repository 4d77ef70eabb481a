/* SPDX-License-Identifier: MIT */
/* sealed - what stays of us in the daemon: the plan, for reopening logs and for
 * exit.
 *
 * It lies among the relocated constants, in a page that is dirty anyway, and is
 * read-only, too, once it is complete: it costs the daemon no page of its own, and
 * no overflow in the daemon can change which file is removed at exit. */
#ifndef SEALED_H
#define SEALED_H

#include "wire/plan.h"

#define SEALED_ROOM 768 /* bytes: enough for most plans */

/* Sets *plan to SEALED_ROOM bytes of storage, and makes them writable. Returns 0,
 * or -errno. */
int sealed_begin(struct plan **plan);

/* Makes plan, which lies in that storage or in pages of its own, read-only, and
 * records this process as its owner. Returns 0, or -errno. */
int sealed_end(struct plan *plan);

/* The sealed plan, also in a forked child; NULL: none. */
const struct plan *sealed_plan(void);

/* Is this the process that sealed the plan, not a forked child? */
int sealed_ours(void);

#endif
