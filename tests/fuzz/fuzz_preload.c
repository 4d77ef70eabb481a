/* SPDX-License-Identifier: MIT */
/* The input as LD_PRELOAD: what remains are the entries that are not ours,
 * all of them, in their order. */
#include "fuzz.h"

#include "shim/launcher/preload.h"

static const char separators[] = " :\t\n\v\f\r";

static int is_ours(const char *entry)
{
	const char *slash = strrchr(entry, '/');

	return strcmp(slash != NULL ? slash + 1 : entry, "libdaemonize.so") == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *list = fuzz_text(data, size), *out = malloc(strlen(list) + 1);
	char *in_list, *in_out, *left, *kept;

	MUST(out != NULL);
	preload_others(list, "/lib/libdaemonize.so", out);
	MUST(strlen(out) <= strlen(list));
	kept = strtok_r(out, separators, &in_out);
	for (left = strtok_r(list, separators, &in_list); left != NULL;
	     left = strtok_r(NULL, separators, &in_list)) {
		if (is_ours(left))
			continue;
		MUST(kept != NULL && strcmp(left, kept) == 0);
		kept = strtok_r(NULL, separators, &in_out);
	}
	MUST(kept == NULL);
	free(list);
	free(out);
	return 0;
}
