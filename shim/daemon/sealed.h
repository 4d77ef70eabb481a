/* SPDX-License-Identifier: MIT */
/* keep - what stays of us in the daemon: the plan, for the end and for reopen.
 *
 * It lies among the constants that the loader has relocated, in the one page
 * that is ours anyway, and like these it is read-only once it is complete: a
 * daemon costs no page more, and no overflow in it can change which file we
 * take away at its end. */
#ifndef SEALED_H
#define SEALED_H

#include "wire/plan.h"

#define SEALED_ROOM 768 /* bytes: a plan of usual size */

/* Makes the place, *plan, writable, for a plan of up to SEALED_ROOM bytes.
 * Returns 0, or -errno. */
int sealed_begin(struct plan **plan);

/* The plan is complete: there, or in pages of its own. From here on it does
 * not change, and is this process's. Returns 0, or -errno. */
int sealed_end(struct plan *plan);

/* The plan that was sealed, also in a forked child; NULL: none. */
const struct plan *sealed_plan(void);

/* Is this the process that sealed the plan, and not a child of it? */
int sealed_ours(void);

#endif
