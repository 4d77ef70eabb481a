/* SPDX-License-Identifier: MIT */
#include "base/path.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

#define LINKS_MAX 40     /* the kernel's own limit */
#define NO_SYMLINKS 0x04 /* RESOLVE_NO_SYMLINKS */
#define DIRECTORY (O_PATH | O_DIRECTORY | O_CLOEXEC)

/* A path being walked: the directory reached, and the components still to come. */
struct walk {
	int dir;
	unsigned links;
	char rest[PATH_MAX];
};

static int is_ours(uid_t uid)
{
	return uid == 0 || uid == sys_geteuid();
}

/* An unprivileged caller's own group does not count: with umask 002 it is usually a
 * private group, which can write most of his directories. */
static int others_write(const struct sys_stat *dir)
{
	const int own_group = sys_geteuid() != 0 && dir->gid == sys_getegid();

	return (dir->mode & S_IWOTH) != 0 || ((dir->mode & S_IWGRP) != 0 && !own_group);
}

static int is_trusted(const struct sys_stat *dir, const struct sys_stat *link)
{
	return is_ours(dir->uid) &&
	       (!others_write(dir) || ((dir->mode & S_ISVTX) != 0 && is_ours(link->uid)));
}

int path_planted(const struct sys_stat *dir, const struct sys_stat *file)
{
	if (is_ours(dir->uid) && !others_write(dir))
		return 0;
	if ((dir->mode & S_ISVTX) != 0 && others_write(dir) && file->uid != sys_geteuid() &&
	    file->uid != dir->uid)
		return 1;
	return S_ISREG(file->mode) && file->nlink > 1 &&
	       (is_ours(dir->uid) || file->uid != dir->uid);
}

static int enter(struct walk *w, int dir)
{
	if (dir < 0)
		return dir;
	sys_close(w->dir);
	w->dir = dir;
	return 0;
}

/* If rest is absolute, continues at the root directory. */
static int begin(struct walk *w)
{
	size_t slashes = strspn(w->rest, "/");

	if (slashes == 0)
		return 0;
	memmove(w->rest, w->rest + slashes, strlen(w->rest + slashes) + 1);
	return enter(w, sys_open("/", DIRECTORY, 0));
}

/* Moves the first component of rest to name. Returns 1 if it was the last, 0 if
 * not, or -errno. */
static int take(struct walk *w, char name[NAME_MAX + 1])
{
	size_t len = strcspn(w->rest, "/");
	size_t slashes = strspn(w->rest + len, "/");

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, w->rest, len);
	name[len] = '\0';
	memmove(w->rest, w->rest + len + slashes, strlen(w->rest + len + slashes) + 1);
	return slashes == 0;
}

/* Is this link text of /proc/PID/fd a pipe or socket, such as "pipe:[4711]"? */
static int is_pipe(const char *text, ssize_t len)
{
	/* cppcheck-suppress uninitvar */
	return len > 0 && text[0] != '/' && memchr(text, '/', (size_t)len) == NULL &&
	       text[len - 1] == ']';
}

/* Puts the target of the symbolic link name in front of rest. Returns 0; 1 if name
 * stands for a pipe, which has no path (path_is_pipe); or -errno. */
static int follow(struct walk *w, const char *name, const struct sys_stat *link)
{
	char joined[PATH_MAX];
	struct sys_stat dir;
	struct text t;
	ssize_t n;
	int r = sys_fstat(w->dir, &dir);

	if (r < 0)
		return r;
	if (w->links++ == LINKS_MAX || !is_trusted(&dir, link))
		return -ELOOP;
	text_begin(&t, joined, sizeof joined);
	n = sys_readlinkat(w->dir, name, joined, sizeof joined);
	if (n < 0)
		return (int)n;
	if (w->rest[0] == '\0' && is_pipe(joined, n))
		return 1;
	t.at += n < (ssize_t)sizeof joined ? n : (ssize_t)sizeof joined - 1;
	if (w->rest[0] != '\0') {
		text_str(&t, "/");
		text_str(&t, w->rest);
	}
	if (t.cut || t.at == t.end)
		return -ENAMETOOLONG;
	*t.at = '\0';
	memcpy(w->rest, joined, (size_t)(t.at - joined) + 1);
	return begin(w);
}

/* Walks to the last component and puts its name into base; it is no link and need
 * not exist. Returns 0, or -errno.
 *
 * HAZARD: a component may be replaced between the check and its use. So directories
 * are entered with O_NOFOLLOW, and callers must open base with O_NOFOLLOW, too. */
static int walk(struct walk *w, char base[NAME_MAX + 1])
{
	int r = begin(w);

	while (r == 0) {
		struct sys_stat st;
		int last = take(w, base);

		if (last < 0)
			return last;
		r = sys_stat(w->dir, base, AT_SYMLINK_NOFOLLOW, &st);
		if (r == 0 && S_ISLNK(st.mode))
			r = follow(w, base, &st);
		else if (last)
			return r == -ENOENT ? 0 : r;
		else if (r == 0)
			r = enter(w, sys_openat(w->dir, base, DIRECTORY | O_NOFOLLOW, 0));
	}
	return r < 0 ? r : 0;
}

static int walk_from_here(const char *path, char base[NAME_MAX + 1])
{
	struct walk w;
	struct text t;
	int r;

	text_begin(&t, w.rest, sizeof w.rest);
	text_str(&t, path);
	if (t.cut)
		return -ENAMETOOLONG;
	w.links = 0;
	w.dir = sys_open(".", DIRECTORY, 0);
	if (w.dir < 0)
		return w.dir;
	r = walk(&w, base);
	if (r == 0)
		return w.dir;
	sys_close(w.dir);
	return r;
}

int path_parent(const char *path, const char **base)
{
	char parent[PATH_MAX], dot[NAME_MAX + 1];
	struct text t;
	int dir;

	*base = text_basename(path);
	if (**base == '\0')
		return -EISDIR;
	text_begin(&t, parent, sizeof parent);
	text_mem(&t, path, (size_t)(*base - path));
	text_str(&t, "."); /* the component at which walk() stops */
	if (t.cut)
		return -ENAMETOOLONG;
	/* Usually there is no link on the way, and one call is enough. */
	dir = sys_openat2(AT_FDCWD, parent, DIRECTORY, 0, NO_SYMLINKS);
	return dir >= 0 ? dir : walk_from_here(parent, dot);
}

int path_resolve(const char *path, char base[NAME_MAX + 1])
{
	const char *last;
	struct sys_stat st;
	struct text t;
	int dir = path_parent(path, &last);

	if (dir < 0)
		return dir;
	if (sys_stat(dir, last, AT_SYMLINK_NOFOLLOW, &st) == 0 && S_ISLNK(st.mode)) {
		sys_close(dir);
		return walk_from_here(path, base);
	}
	text_begin(&t, base, NAME_MAX + 1);
	text_str(&t, last);
	if (!t.cut)
		return dir;
	sys_close(dir);
	return -ENAMETOOLONG;
}

int path_directory(const char *path)
{
	char base[NAME_MAX + 1];
	int parent, dir = sys_openat2(AT_FDCWD, path, DIRECTORY, 0, NO_SYMLINKS);

	if (dir >= 0)
		return dir;
	parent = walk_from_here(path, base);
	if (parent < 0)
		return parent;
	dir = sys_openat(parent, *base != '\0' ? base : ".", DIRECTORY | O_NOFOLLOW, 0);
	sys_close(parent);
	return dir;
}

int path_is_pipe(int dir, const char *base)
{
	char text[64];
	struct sys_stat st;

	return sys_fstat(dir, &st) == 0 && is_ours(st.uid) && !others_write(&st) &&
	       is_pipe(text, sys_readlinkat(dir, base, text, sizeof text));
}

int path_open(const char *path, int flags)
{
	char base[NAME_MAX + 1];
	struct sys_stat at, file;
	int dir = path_resolve(path, base), fd, r;

	if (dir < 0)
		return dir;
	fd = sys_openat(dir, base, flags | O_NOFOLLOW | O_CLOEXEC, 0);
	r = fd < 0 ? fd : sys_fstat(dir, &at);
	if (r == 0)
		r = sys_fstat(fd, &file);
	if (r == 0 && path_planted(&at, &file))
		r = -PATH_PLANTED;
	sys_close(dir);
	if (r >= 0)
		return fd;
	if (fd >= 0)
		sys_close(fd);
	return r;
}
