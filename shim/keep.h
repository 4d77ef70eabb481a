/* SPDX-License-Identifier: MIT */
/* keep - what stays of us in the daemon: the plan, for the end and for reopen.
 *
 * It lies among the constants that the loader has relocated, in the one page
 * that is ours anyway, and like these it is read-only once it is complete: a
 * daemon costs no page more, and no overflow in it can change which file we
 * take away at its end. */
#ifndef KEEP_H
#define KEEP_H

#include "plan.h"

#define KEEP_ROOM 768 /* bytes: a plan of usual size */

/* Makes the place writable, for a plan of up to KEEP_ROOM bytes. Returns it,
 * or NULL with errno. */
struct plan *keep_open(void);

/* The plan is complete: there, or in pages of its own. From here on it does
 * not change, and is this process's. Returns 0, or -1 with errno. */
int keep_seal(struct plan *plan);

/* The plan that was sealed, also in a forked child; NULL: none. */
const struct plan *keep_plan(void);

/* Is this the process that sealed the plan, and not a child of it? */
int keep_ours(void);

#endif
