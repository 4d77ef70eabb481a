/* SPDX-License-Identifier: MIT */
#include "target.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".pid"
#define NAP_MS 2
#define LINGER_MS 100

const char *target_directory(unsigned n)
{
	const char *own = geteuid() == 0 ? "/run" : getenv("XDG_RUNTIME_DIR");

	if (own == NULL || *own != '/')
		return n == 0 && geteuid() != 0 ? "/run" : NULL;
	if (n == 0)
		return own;
	return n == 1 && geteuid() != 0 ? "/run" : NULL;
}

static void name_of_file(struct target *t)
{
	const char *base = text_basename(t->path);
	const size_t len = strlen(base), suffix = strlen(SUFFIX);
	const int has_suffix = len > suffix && strcmp(base + len - suffix, SUFFIX) == 0;
	struct text name;

	text_begin(&name, t->name, sizeof t->name);
	text_mem(&name, base, has_suffix ? len - suffix : len);
}

int target_from_path(struct target *t, const char *path, struct failure *why)
{
	struct text text;

	text_begin(&text, t->path, sizeof t->path);
	text_str(&text, path);
	if (*path == '\0' || text.cut)
		return failure_set(why, STATUS_USAGE, *path == '\0' ? ENOENT : ENAMETOOLONG,
		                   "unable to open pid file '", t->path, "'");
	name_of_file(t);
	return 0;
}

/* The same rule as value_name() of the library. */
static int is_name(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.@-";

	return *s != '\0' && *s != '.' && *s != '-' && s[strspn(s, allowed)] == '\0' &&
	       strlen(s) <= NAME_MAX - sizeof SUFFIX;
}

static int from_name(struct target *t, const char *name, struct failure *why)
{
	const char *own = geteuid() == 0 ? "/run" : getenv("XDG_RUNTIME_DIR");
	struct text path;

	if (!is_name(name))
		return failure_set(why, STATUS_USAGE, 0, "'", name,
		                   "' is no NAME (letters, digits and _ . @ -), nor a pid file"
		                   " (these have a slash)");
	if (own == NULL || *own != '/')
		return failure_set(why, STATUS_USAGE, 0, "unable to find ", name,
		                   ": XDG_RUNTIME_DIR is not set; give the pid file");
	text_begin(&path, t->name, sizeof t->name);
	text_str(&path, name);
	text_begin(&path, t->path, sizeof t->path);
	text_str(&path, own);
	text_str(&path, "/");
	text_str(&path, name);
	text_str(&path, SUFFIX);
	return path.cut ? failure_set(why, STATUS_USAGE, ENAMETOOLONG, "unable to find ", name) : 0;
}

int target_from_operand(struct target *t, const struct operand *operand, struct failure *why)
{
	if (operand->is_path || strchr(operand->text, '/') != NULL)
		return target_from_path(t, operand->text, why);
	return from_name(t, operand->text, why);
}

/* ---- discard */

/* The directory that t->path is in, now; or -errno. */
static int open_directory(const struct target *t, const char *base)
{
	char path[PATH_MAX];
	struct text dir;

	text_begin(&dir, path, sizeof path);
	text_mem(&dir, t->path, (size_t)(base - t->path));
	return sys_open(base == t->path ? "." : path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
}

/* A process's locks may outlast it for a moment: who reads its environment
 * in /proc keeps its mappings, and with them the flock. Returns 0, or
 * -errno. */
static int discard_when_free(const char *base, const struct sys_stat *file)
{
	for (int waited = 0;; waited += NAP_MS) {
		int r = pidfile_discard(base, file);

		if (r != -EWOULDBLOCK || waited >= LINGER_MS)
			return r;
		(void)sys_poll(NULL, 0, NAP_MS);
	}
}

/* pidfile_discard() compares the path's file with ours and then unlinks the
 * path. Whoever owns a directory on the way could swap that in between for a
 * link to somewhere else; so it is done from within the directory. */
int target_discard(const struct target *t)
{
	const char *base = text_basename(t->path);
	int here = sys_open(".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int dir = open_directory(t, base);
	int r = dir < 0 ? dir : sys_fchdir(dir);

	if (r == 0)
		r = discard_when_free(base, &t->view.file);
	if (here >= 0)
		(void)sys_fchdir(here); /* for further operands with relative paths */
	sys_close(dir);
	sys_close(here);
	return r == -ENOENT || r == -EWOULDBLOCK ? 0 : r;
}

void target_close(struct target *t)
{
	sys_close(t->view.pidfd);
	t->view.pidfd = -1;
}
