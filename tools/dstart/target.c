/* SPDX-License-Identifier: MIT */
#include "target.h"

#include "spawn/identity.h"

#include <string.h>

/* A set-user-ID-root program grants nothing to root, but does to the daemon's user,
 * who executes it; except with a chroot, where exec comes before the switch. A bad
 * user is reported later. */
static enum precheck_verdict judge(const char *path, const char *library, const struct options *o,
                                   struct precheck_result *check)
{
	enum precheck_verdict verdict = precheck(path, library, NULL, check);
	struct environ_block scratch;
	struct rights_user user;
	struct identity id;
	struct failure why;

	if (!check->by_user || o->user == NULL || o->chroot[0] != '\0' ||
	    environ_begin(&scratch, NULL, &why) < 0 ||
	    identity_resolve(&id, o->user, NULL, &scratch, &why) < 0)
		return verdict;
	user = (struct rights_user){ .uid = id.uid, .gid = id.gid };
	return precheck(path, library, &user, check);
}

/* Arguments to run a script without "#!" by a shell, as execvp(3) and all shells
 * do; used only if the kernel does not know the format (binfmt_misc). */
static char **by_shell(struct launch_target *target)
{
	size_t count = 0;
	char **argv;

	while (target->image.argv[count] != NULL)
		count++;
	argv = (char **)(void *)environ_alloc(&target->memory, (count + 2) * sizeof *argv);
	if (argv == NULL)
		return NULL;
	argv[0] = (char *)"/bin/sh";
	argv[1] = (char *)target->image.path;
	if (count > 0) /* with the terminator, without argv[0] */
		memcpy(argv + 2, target->image.argv + 1, count * sizeof *argv);
	return argv;
}

enum precheck_verdict target_judge(struct launch_target *target, const char *library,
                                   const struct options *o, struct precheck_result *check)
{
	enum precheck_verdict verdict = judge(target->image.path, library, o, check);

	target->image.is_script = check->script[0] != '\0';
	/* Anything but an ELF file is opened by its interpreter, and without the
	 * library exec happens in the daemon's directory. */
	target->image.opened_later =
		target->image.is_script || verdict != PRECHECK_PRELOADABLE || library == NULL;
	if (check->is_text)
		target->image.shell_argv = by_shell(target);
	return verdict;
}
