/* SPDX-License-Identifier: MIT */
/* The input as a program, and as the library. What the verdict rests on is in
 * the file. */
#include "fuzz.h"

#include "tools/dstart/precheck.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static int begins(const uint8_t *data, size_t size, const char *magic)
{
	return size >= strlen(magic) && memcmp(data, magic, strlen(magic)) == 0;
}

/* Is there a program header of this type, in a file of our own kind? */
static int has_segment(const uint8_t *data, size_t size, uint32_t type)
{
	Elf64_Ehdr head;
	Elf64_Phdr segment;

	if (size < sizeof head)
		return 0;
	memcpy(&head, data, sizeof head);
	for (unsigned i = 0; i < head.e_phnum; i++) {
		size_t at;

		if (head.e_phoff > size)
			return 0;
		at = head.e_phoff + i * sizeof segment;
		if (at > size || size - at < sizeof segment)
			return 0;
		memcpy(&segment, data + at, sizeof segment);
		if (segment.p_type == type)
			return 1;
	}
	return 0;
}

static void check(const uint8_t *data, size_t size, const struct precheck_result *r,
                  const char *path)
{
	const int elf = begins(data, size, ELFMAG), script = begins(data, size, "#!");

	MUST((r->error != 0) == (r->verdict == PRECHECK_BROKEN));
	if (r->script[0] == '\0')
		MUST(strcmp(r->file, path) == 0);
	else
		MUST(script);
	MUST(strncmp(r->text, r->file, strlen(r->file)) == 0);
	if (!elf && !script)
		MUST(r->verdict == PRECHECK_UNKNOWN);
	if (elf && r->verdict == PRECHECK_PRELOADABLE)
		MUST(has_segment(data, size, PT_INTERP));
	if (elf && r->verdict == PRECHECK_STATIC)
		MUST(!has_segment(data, size, PT_INTERP));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct precheck_result result;
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	MUST(precheck(path, "/proc/self/exe", NULL, &result) == result.verdict);
	MUST(memchr(result.text, '\0', sizeof result.text) != NULL);
	MUST(result.verdict != PRECHECK_LIBRARY);
	check(data, size, &result, path);
	if (precheck("/proc/self/exe", path, NULL, &result) != PRECHECK_LIBRARY)
		MUST(begins(data, size, ELFMAG));
	(void)close(fd);
	return 0;
}
