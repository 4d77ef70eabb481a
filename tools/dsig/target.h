/* SPDX-License-Identifier: MIT */
/* target - an operand of dsig: which pid file it means. */
#ifndef TARGET_H
#define TARGET_H

#include "cmdline.h"
#include "base/report.h"
#include "pidfile/inspect.h"

#include <limits.h>

struct target {
	char path[PATH_MAX];
	int by_name;              /* it was given as a NAME */
	char name[NAME_MAX + 1];  /* for messages: NAME, or what the file is called */
	struct pidfile_view view; /* from pidfile_inspect(path), by the caller */
};

/* The n-th directory where pid files of names are, NULL after the last: the
 * given one; or the one where a NAME of the caller's is, and for others than
 * root also /run. */
const char *target_directory(const char *given, unsigned n);

/* Fills in path and name of t from a pid file's path, or from an operand,
 * which may be one or a NAME in directory (NULL: the usual ones).
 * Returns 0, or -1 with *why described (STATUS_USAGE). */
int target_from_path(struct target *t, const char *path, struct failure *why);
int target_from_operand(struct target *t, const struct operand *operand, const char *directory,
                        struct failure *why);

/* Removes the pid file if it is still the one in t->view and no daemon's.
 * Returns 0, also when it is not there any more or another daemon's by now;
 * or -1 with *why described. */
int target_discard(const struct target *t, struct failure *why);

/* Closes what the view holds. */
void target_close(struct target *t);

#endif
