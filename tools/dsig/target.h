/* SPDX-License-Identifier: MIT */
/* target - which pid file does an operand of dsig mean? */
#ifndef TARGET_H
#define TARGET_H

#include "cmdline.h"
#include "base/report.h"
#include "pidfile/inspect.h"

#include <limits.h>

struct target {
	char path[PATH_MAX];
	int by_name;              /* it was given as a NAME */
	char name[NAME_MAX + 1];  /* for messages: NAME, or the file's name */
	struct pidfile_view view; /* the caller fills it in by pidfile_inspect(path) */
};

/* Returns the n-th directory in which to look for a NAME's pid file, NULL after the
 * last: given or, if that is NULL, the caller's run directory and, unless it is
 * root's, /run. */
const char *target_directory(const char *given, unsigned n);

/* Fill in t's path and name from the path of a pid file, or from an operand: such a
 * path, or a NAME in directory (NULL: the default ones). Return 0, or -1 with *why
 * (STATUS_USAGE). */
int target_from_path(struct target *t, const char *path, struct failure *why);
int target_from_operand(struct target *t, const struct operand *operand, const char *directory,
                        struct failure *why);

/* Removes the pid file if it is still the one in t->view and no daemon has it.
 * Returns 0, also if it is gone, or another daemon's by now; or -1 with *why. */
int target_discard(const struct target *t, struct failure *why);

/* Closes what t->view holds. */
void target_close(struct target *t);

#endif
