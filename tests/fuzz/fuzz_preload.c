/* SPDX-License-Identifier: MIT */
/* The input as LD_PRELOAD: our library is not in what remains, and the rest
 * is a part of what was there. */
#include "preload.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char ours[] = "libdaemonize.so";
	char *list = malloc(size + 1), *out = malloc(size + 1);

	memcpy(list, data, size);
	list[size] = '\0';
	memset(out, 'x', size + 1);
	preload_others(list, "/lib/libdaemonize.so", out);
	if (strlen(out) > strlen(list))
		abort();
	for (char *at = strtok(out, " :\t\n\v\f\r"); at != NULL; at = strtok(NULL, " :\t\n\v\f\r")) {
		const char *base = strrchr(at, '/') != NULL ? strrchr(at, '/') + 1 : at;

		if (strcmp(base, ours) == 0 || strstr(list, at) == NULL)
			abort();
	}
	free(list);
	free(out);
	return 0;
}
