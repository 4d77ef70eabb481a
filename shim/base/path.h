/* SPDX-License-Identifier: MIT */
/* path - finds what a user names, without being led elsewhere.
 *
 * The launcher is often root, and a part of the path somebody else's. One rule
 * for every component: a symbolic link is followed only where nobody but root
 * and the caller could have put it, that is, in a directory that belongs to
 * one of them and that others cannot write, or that is sticky, if the link
 * belongs to one of them. So no name that a stranger can change leads out of
 * what he owns. */
#ifndef PATH_H
#define PATH_H

#include "base/sys.h"

#include <limits.h>

/* The directory that path lies in, open with O_PATH, close on exec; in *base
 * where its last component begins. Everything is then done beneath that
 * descriptor: a directory that is swapped meanwhile changes nothing.
 * Returns it, or -errno (-ELOOP: a symbolic link that is not to be trusted;
 * -EISDIR: path ends in a slash). */
int path_parent(const char *path, const char **base);

/* The same, but a last component that is a trusted link is followed as well,
 * so that base, which need not exist, is no link. */
int path_resolve(const char *path, char base[NAME_MAX + 1]);

/* The directory path itself, open with O_PATH, close on exec; or -errno. */
int path_directory(const char *path);

/* path_resolve() stops at a link of /proc/PID/fd that stands for a pipe or
 * socket, for its text is no path. Is base one, of a process of ours? */
int path_is_pipe(int dir, const char *base);

/* Opens path (path_resolve), which must be there: without O_CREAT. Returns a
 * descriptor, or -errno (-PATH_PLANTED: see path_planted). */
int path_open(const char *path, int flags);

/* Could somebody else have put this file into the directory, to read what is
 * written there or to have us open what he may not? In a sticky directory that
 * others can write that is a file of neither ours nor the directory's owner;
 * in any that others can write, a second name of a file that is not its
 * owner's. The kernel refuses the first (fs.protected_regular,
 * fs.protected_fifos) only to those who open with O_CREAT, and prevents the
 * second (fs.protected_hardlinks) only where that is set. */
int path_planted(const struct sys_stat *dir, const struct sys_stat *file);
#define PATH_PLANTED 250 /* beside the errnos: error_text() knows it */

#endif
