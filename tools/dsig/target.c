/* SPDX-License-Identifier: MIT */
#include "target.h"

#include "base/text.h"
#include "pidfile/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".pid"

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

/* To hold the claim is to know that no daemon has the file, and none gets it
 * while it is removed. */
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
