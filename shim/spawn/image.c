/* SPDX-License-Identifier: MIT */
#include "spawn/image.h"

#include "base/host.h"
#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define FIRST_ROOM 16384

/* Reads all of /proc/self/cmdline, whose size is not known in advance. Returns 0,
 * or -errno. */
static int read_cmdline(struct environ_block *memory, char **text, size_t *len)
{
	for (size_t room = FIRST_ROOM;; room *= 4) {
		ssize_t n;

		*text = environ_alloc(memory, room);
		n = *text != NULL ? sys_read_file("/proc/self/cmdline", *text, room) : -ENOMEM;
		if (n < 0)
			return (int)n;
		if ((size_t)n < room - 1) {
			*len = (size_t)n;
			return 0;
		}
	}
}

static char **split(struct environ_block *memory, char *text, size_t len)
{
	size_t count = 0;
	char **argv;

	for (size_t i = 0; i < len; i++)
		count += text[i] == '\0';
	argv = (char **)(void *)environ_alloc(memory, (count + 2) * sizeof *argv);
	if (argv == NULL)
		return NULL;
	count = 0;
	for (char *at = text; at < text + len; at += strlen(at) + 1)
		argv[count++] = at;
	argv[count] = NULL;
	return argv;
}

/* musl calls constructors without arguments, so these may be anything. They are
 * valid if environ follows argv. */
static int plausible(int argc, char **argv)
{
	return argc > 0 && argv != NULL && argv + argc + 1 == host_environ();
}

/* Finds the arguments of exec. If the loader was executed explicitly (no AT_BASE),
 * the constructor's arguments lack those of the loader. Returns 0, or -errno. */
static int arguments(struct environ_block *memory, int argc, char **argv, char ***out)
{
	const int given = plausible(argc, argv);
	size_t len = 0;
	char *cmdline;
	int r;

	*out = argv;
	if (given && host_auxval(AT_BASE) != 0)
		return 0;
	r = read_cmdline(memory, &cmdline, &len);
	if (r < 0)
		return given ? 0 : r;
	*out = split(memory, cmdline, len);
	return *out == NULL ? -ENOMEM : 0;
}

static int same_file(const char *a, const char *b)
{
	struct sys_stat x, y;

	return sys_stat(AT_FDCWD, a, 0, &x) == 0 && sys_stat(AT_FDCWD, b, 0, &y) == 0 &&
	       sys_same(&x, &y);
}

/* Chooses the path to execute. /proc/self/exe always works, but sets comm to "exe"
 * and appears in AT_EXECFN. AT_EXECFN is the path that was executed: for a script
 * that of the script, and for a memfd of no use. If the loader was executed
 * explicitly (no AT_BASE), glibc sets AT_EXECFN to the program, which then looks
 * like a script; executing that would lose the loader and its options. */
static void choose(struct image *image, const char *argv0)
{
	const char *executed = (const char *)host_auxval(AT_EXECFN); /* NOLINT: as it comes */

	image->path = SELF;
	if (executed == NULL)
		return;
	if (same_file(executed, SELF)) {
		image->path = executed;
		return;
	}
	/* If a script is executed, the kernel sets argv[0], so argv0 would be lost. */
	if (host_auxval(AT_BASE) == 0 || argv0 != NULL)
		return;
	for (char **arg = image->argv + 1; image->argv[0] != NULL && *arg != NULL; arg++)
		if (strcmp(*arg, executed) == 0) {
			image->path = executed;
			image->argv = arg;
			image->is_script = image->opened_later = 1;
			return;
		}
	if (!same_file(SELF, SELF)) /* no /proc */
		image->path = executed;
}

int image_self(struct image *image, struct environ_block *memory, const char *argv0, int argc,
               char **argv, struct failure *why)
{
	int r;

	memset(image, 0, sizeof *image);
	r = arguments(memory, argc, argv, &image->argv);
	if (r < 0)
		return failure_set(why, STATUS_OSERR, -r, "unable to read /proc/self/cmdline");
	(void)sys_prctl(PR_GET_NAME, (unsigned long)image->comm, 0, 0, 0);
	choose(image, argv0);
	if (argv0 != NULL && image->argv[0] != NULL)
		image->argv[0] = (char *)argv0;
	return 0;
}

int image_anchor(struct image *image, struct environ_block *memory, struct failure *why)
{
	char *path;
	struct text t;
	int r;

	if (!image->opened_later || image->path[0] == '/')
		return 0;
	path = environ_alloc(memory, (size_t)2 * PATH_MAX);
	r = path != NULL ? sys_getcwd(path, PATH_MAX) : -ENOMEM;
	if (r < 0)
		return failure_set(why, STATUS_OSERR, -r, "unable to make ", image->path,
		                   " absolute");
	text_begin(&t, path + strlen(path), PATH_MAX);
	text_str(&t, "/");
	text_str(&t, image->path);
	if (image->shell_argv != NULL)
		image->shell_argv[1] = path;
	image->path = path;
	return 0;
}
