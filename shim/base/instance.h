/* SPDX-License-Identifier: MIT */
/* instance - a daemon's NAME and the paths derived from it. dstart and the library
 * create these files, dsig looks for them. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "base/text.h"

#define INSTANCE_SUFFIX ".pid"
#define INSTANCE_SYSTEM "/run" /* root's directory for pid files */

/* Is name a valid NAME: letters, digits and _ . @ -, not beginning with . or -, and
 * short enough for a file name? */
int instance_valid(const char *name);

/* Returns the directory of the caller's pid files: /run for root, otherwise
 * XDG_RUNTIME_DIR of envp, or NULL if that is unset or not absolute. */
const char *instance_directory(char *const *envp);

/* Appends "DIRECTORY/NAME.pid". */
void instance_pidfile(struct text *t, const char *directory, const char *name);

/* Appends the default path of NAME's log. Returns 0, or -1 if it would depend on
 * XDG_STATE_HOME and HOME and neither is an absolute path. */
int instance_logfile(struct text *t, char *const *envp, const char *name);

#endif
