/* SPDX-License-Identifier: MIT */
/* path - resolves paths that a user names, without following links that others
 * made.
 *
 * The launcher is often root, and part of the path may belong to another user. One
 * rule holds for every component: a symbolic link is followed only if nobody but
 * root and the caller could have created it. That is, its directory belongs to root
 * or the caller, and either others cannot write it, or it is sticky and the link
 * also belongs to root or the caller. So no name that another user can change leads
 * out of what he owns. */
#ifndef PATH_H
#define PATH_H

#include "base/sys.h"

#include <limits.h>

/* Opens the directory that contains path, with O_PATH and close-on-exec, and points
 * *base to the last component of path. Do everything else relative to this
 * descriptor: then replacing a directory meanwhile changes nothing. Returns the
 * descriptor, or -errno (-ELOOP: a symbolic link that is not trusted; -EISDIR: path
 * ends in a slash). */
int path_parent(const char *path, const char **base);

/* The same, but also follows a last component that is a trusted link. The name
 * copied into base is then no link, and need not exist. */
int path_resolve(const char *path, char base[NAME_MAX + 1]);

/* Opens the directory path, with O_PATH and close-on-exec. Returns the descriptor,
 * or -errno. */
int path_directory(const char *path);

/* path_resolve() does not follow a link of /proc/PID/fd that stands for a pipe or
 * socket, because its text is no path. Is base such a link, in a directory that
 * only root or the caller can write? */
int path_is_pipe(int dir, const char *base);

/* Opens path, which must exist, as path_resolve() finds it; flags without O_CREAT.
 * Returns a close-on-exec descriptor, or -errno (-PATH_PLANTED: see path_planted). */
int path_open(const char *path, int flags);

/* Could another user have put this file into the directory, to read what is written
 * there or to make us open a file that he may not? In a sticky directory that
 * others can write, this is a file that belongs neither to us nor to the
 * directory's owner. In any directory that others can write, it is a regular file
 * with several links, unless one other user owns both directory and file. The
 * kernel refuses the former (fs.protected_regular, fs.protected_fifos) only to
 * opens with O_CREAT, and prevents the latter only if fs.protected_hardlinks is
 * set. */
int path_planted(const struct sys_stat *dir, const struct sys_stat *file);
#define PATH_PLANTED 250 /* not an errno; error_text() knows it */

#endif
