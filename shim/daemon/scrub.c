/* SPDX-License-Identifier: MIT */
#include "daemon/scrub.h"

#include "base/host.h"

#include <stddef.h>
#include <string.h>

/* The array and the strings are edited in place: bash has its own unsetenv, and
 * setenv would move strings out of the area that programs overwrite with their
 * title. Our entries are the last ones there, so the rest stays in one piece. */

static char **find(const char *key)
{
	size_t len = strlen(key);

	for (char **var = host_environ(); var != NULL && *var != NULL; var++)
		if (strncmp(*var, key, len) == 0 && (*var)[len] == '=')
			return var;
	return NULL;
}

static void remove_at(char **var)
{
	memset(*var, 0, strlen(*var));
	do
		var[0] = var[1];
	while (*++var != NULL);
}

void scrub_variable(const char *key)
{
	char **var;

	while ((var = find(key)) != NULL)
		remove_at(var);
}

void scrub_all(int (*is_ours)(const char *assignment))
{
	char **var = host_environ();

	while (var != NULL && *var != NULL)
		if (is_ours(*var))
			remove_at(var);
		else
			var++;
}

void scrub_preload(void)
{
	char **var = find("LD_PRELOAD");
	char *cut = var != NULL ? strrchr(*var, ':') : NULL;

	if (cut != NULL)
		memset(cut, 0, strlen(cut));
	else
		scrub_variable("LD_PRELOAD");
}
