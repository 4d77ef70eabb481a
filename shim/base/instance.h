/* SPDX-License-Identifier: MIT */
/* instance - a daemon's NAME, and the places that follow from it. dstart and
 * the library write there, dsig looks there. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "base/text.h"

#define INSTANCE_SUFFIX ".pid"
#define INSTANCE_SYSTEM "/run" /* where root's pid files are */

/* May this be a NAME: letters, digits and _ . @ -, not beginning with . or -,
 * and short enough for a file name? */
int instance_valid(const char *name);

/* The directory of the caller's pid files: /run for root, for others
 * XDG_RUNTIME_DIR of envp, or NULL when that is not set. */
const char *instance_directory(char *const *envp);

/* Append "DIRECTORY/NAME.pid", and the usual place of NAME's log. The latter
 * returns 0, or -1 when neither XDG_STATE_HOME nor HOME is set. */
void instance_pidfile(struct text *t, const char *directory, const char *name);
int instance_logfile(struct text *t, char *const *envp, const char *name);

#endif
