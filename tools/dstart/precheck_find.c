/* SPDX-License-Identifier: MIT */
/* The part of precheck.h that searches PATH. */
#include "precheck.h"

#include "base/report.h"
#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_PATH "/bin:/usr/bin" /* _CS_PATH of glibc */

/* Is path a file that may be executed? Returns 0, or -errno. */
static int executable(const char *path)
{
	struct sys_stat st;
	int r = sys_stat(AT_FDCWD, path, 0, &st);

	if (r < 0)
		return r;
	if (!S_ISREG(st.mode))
		return -EACCES;
	return sys_eaccess(AT_FDCWD, path, X_OK);
}

/* Writes the first len bytes of dir, a slash and name to out. An empty dir becomes
 * ".", so that the result cannot look like an option or a variable. Returns 0, or
 * -errno. */
static int join(const char *dir, size_t len, const char *name, char *out, size_t size)
{
	struct text t;

	text_begin(&t, out, size);
	if (len > 0)
		text_mem(&t, dir, len);
	else
		text_str(&t, ".");
	text_str(&t, "/");
	text_str(&t, name);
	return t.cut ? -ENAMETOOLONG : 0;
}

/* Errors after which execvp(3) tries the next directory. */
static int try_next(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES || error == ENAMETOOLONG ||
	       error == ELOOP || error == ESTALE || error == ENODEV || error == ETIMEDOUT;
}

static int failed(int error)
{
	errno = error;
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static int find_in_path(const char *name, const char *dirs, char *out, size_t size)
{
	int error = ENOENT;

	for (;; dirs++) {
		size_t len = strcspn(dirs, ":");
		int r = join(dirs, len, name, out, size);

		if (r == 0)
			r = executable(out);
		if (r == 0)
			return 0;
		if (!try_next(-r))
			return failed(-r);
		if (r == -EACCES)
			error = EACCES;
		dirs += len;
		if (*dirs == '\0')
			return failed(error);
	}
}

int precheck_find(const char *name, const char *path_env, char *out, size_t size)
{
	struct text t;
	int r;

	if (*name == '\0')
		return failed(ENOENT);
	if (strchr(name, '/') == NULL)
		return find_in_path(name, path_env != NULL ? path_env : DEFAULT_PATH, out, size);
	text_begin(&t, out, size);
	text_str(&t, name);
	if (t.cut)
		return failed(ENAMETOOLONG);
	r = executable(out);
	return r == 0 ? 0 : failed(-r);
}
