/* SPDX-License-Identifier: MIT */
#include "target.h"

#include "base/instance.h"
#include "pidfile/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *target_directory(const char *given, unsigned n)
{
	const char *own = given != NULL ? given : instance_directory(environ);

	if (n == 0 && own != NULL)
		return own;
	if (given != NULL || geteuid() == 0)
		return NULL;
	return n == (own != NULL) ? INSTANCE_SYSTEM : NULL;
}

static void name_of_file(struct target *t)
{
	const char *base = text_basename(t->path);
	const size_t len = strlen(base), suffix = strlen(INSTANCE_SUFFIX);
	struct text name;

	text_begin(&name, t->name, sizeof t->name);
	text_mem(&name, base, text_ends(base, INSTANCE_SUFFIX) ? len - suffix : len);
}

int target_from_path(struct target *t, const char *path, struct failure *why)
{
	struct text text;

	t->by_name = 0;
	text_begin(&text, t->path, sizeof t->path);
	text_str(&text, path);
	if (*path == '\0' || text.cut)
		return failure_set(why, STATUS_USAGE, *path == '\0' ? ENOENT : ENAMETOOLONG,
		                   "unable to open pid file '", t->path, "'");
	name_of_file(t);
	return 0;
}

/* Takes the first directory of target_directory() that has a pid file of this name,
 * or the first of all if none has. */
static int from_name(struct target *t, const char *name, const char *given, struct failure *why)
{
	const char *directory;
	struct text path;

	if (!instance_valid(name))
		return failure_set(why, STATUS_USAGE, 0, "'", name,
		                   "' is not a NAME (letters, digits and _ . @ -), nor a pid file"
		                   " (these have a slash)");
	t->by_name = 1;
	text_begin(&path, t->name, sizeof t->name);
	text_str(&path, name);
	for (unsigned n = 0; (directory = target_directory(given, n)) != NULL; n++) {
		text_begin(&path, t->path, sizeof t->path);
		instance_pidfile(&path, directory, name);
		if (path.cut)
			return failure_set(why, STATUS_USAGE, ENAMETOOLONG, "unable to find ",
			                   name);
		if (access(t->path, F_OK) == 0)
			return 0;
	}
	if (text_ends(name, INSTANCE_SUFFIX) && access(name, F_OK) == 0)
		return failure_set(why, STATUS_USAGE, 0, name,
		                   " is not the NAME of a daemon; did you mean ./", name, "?");
	directory = target_directory(given, 0);
	if (given == NULL && instance_directory(environ) == NULL)
		return failure_set(why, STATUS_USAGE, 0, "unable to find ", name,
		                   ": XDG_RUNTIME_DIR is not set; give the pid file");
	text_begin(&path, t->path, sizeof t->path);
	instance_pidfile(&path, directory, name);
	return 0;
}

int target_from_operand(struct target *t, const struct operand *operand, const char *directory,
                        struct failure *why)
{
	if (operand->is_path || strchr(operand->text, '/') != NULL)
		return target_from_path(t, operand->text, why);
	return from_name(t, operand->text, directory, why);
}

/* With the claim held, no daemon has the file, and none gets it while it is
 * removed. */
int target_discard(const struct target *t, struct failure *why)
{
	struct claim claim;
	int r = 0;

	if (claim_take(&claim, t->path, CLAIM_EXISTING, why) < 0)
		/* gone, or another daemon's by now */
		return why->error == ENOENT || why->status == STATUS_TEMPFAIL ? 0 : -1;
	if (claim.created || sys_same(&claim.file, &t->view.file))
		r = claim_remove(&claim);
	claim_end(&claim);
	if (r == 0 || r == -ENOENT)
		return 0;
	return failure_set(why, STATUS_CANTCREAT, -r, "unable to remove stale pid file ", t->path);
}

void target_close(struct target *t)
{
	sys_close(t->view.pidfd);
	t->view.pidfd = -1;
}
