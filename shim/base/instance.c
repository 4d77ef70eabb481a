/* SPDX-License-Identifier: MIT */
#include "base/instance.h"

#include "base/environ.h"
#include "base/sys.h"

#include <limits.h>
#include <string.h>

int instance_valid(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_.@-";
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX - sizeof INSTANCE_SUFFIX && *name != '.' &&
	       *name != '-' && strspn(name, allowed) == len;
}

static const char *absolute(char *const *envp, const char *variable)
{
	const char *value = environ_get(envp, variable);

	return value != NULL && *value == '/' ? value : NULL;
}

const char *instance_directory(char *const *envp)
{
	return sys_geteuid() == 0 ? INSTANCE_SYSTEM : absolute(envp, "XDG_RUNTIME_DIR");
}

void instance_pidfile(struct text *t, const char *directory, const char *name)
{
	text_str(t, directory);
	text_str(t, "/");
	text_str(t, name);
	text_str(t, INSTANCE_SUFFIX);
}

int instance_logfile(struct text *t, char *const *envp, const char *name)
{
	const char *state = absolute(envp, "XDG_STATE_HOME"), *home = absolute(envp, "HOME");

	if (sys_geteuid() == 0)
		text_str(t, "/var/log");
	else if (state != NULL)
		text_str(t, state);
	else if (home == NULL)
		return -1;
	else {
		text_str(t, home);
		text_str(t, "/.local/state");
	}
	text_str(t, "/");
	text_str(t, name);
	text_str(t, ".log");
	return 0;
}
