/* SPDX-License-Identifier: MIT */
#include "launcher/preload.h"

#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

static const char separators[] = " :\t\n\v\f\r";

struct search {
	const char *name;
};

/* dladdr would do it, but lives in libdl up to glibc 2.33; /proc/self/maps
 * would too, but needs /proc. */
static int holds_us(struct dl_phdr_info *object, size_t size, void *found)
{
	const uintptr_t here = (uintptr_t)&separators;

	(void)size;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		ElfW(Addr) start = object->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && here >= start &&
		    here - start < segment->p_memsz) {
			((struct search *)found)->name = object->dlpi_name;
			return 1;
		}
	}
	return 0;
}

/* Returns 0, or -errno. */
static int absolute(char *path, size_t size, const char *name)
{
	struct text t;

	text_begin(&t, path, size);
	if (*name != '/') {
		int len = sys_getcwd(path, size);

		if (len < 0)
			return len;
		t.at += len - 1;
		text_str(&t, "/");
	}
	text_str(&t, name);
	return t.cut ? -ENAMETOOLONG : 0;
}

int preload_find(char *path, size_t size, struct failure *why)
{
	struct search found = { NULL };
	int r = -ENOENT;

	(void)dl_iterate_phdr(holds_us, &found);
	if (found.name != NULL && *found.name != '\0')
		r = absolute(path, size, found.name);
	if (r < 0)
		return failure_set(why, STATUS_OSERR, -r, "unable to find this library");
	if (!preload_usable(path))
		return failure_set(why, STATUS_OSERR, 0, "unable to preload ", path,
		                   ": LD_PRELOAD cannot hold a path with a space or colon");
	return 0;
}

int preload_usable(const char *path)
{
	return path[strcspn(path, separators)] == '\0';
}

static int is_ours(const char *entry, size_t len, const char *library)
{
	char path[PATH_MAX];
	struct sys_stat a, b;

	if (len >= sizeof path)
		return 0;
	memcpy(path, entry, len);
	path[len] = '\0';
	if (strcmp(text_basename(path), text_basename(library)) == 0)
		return 1;
	return strchr(path, '/') != NULL && sys_stat(AT_FDCWD, path, 0, &a) == 0 &&
	       sys_stat(AT_FDCWD, library, 0, &b) == 0 && sys_same(&a, &b);
}

void preload_others(const char *list, const char *library, char *out)
{
	char *start = out;

	*out = '\0';
	for (const char *at = list; at != NULL && *at != '\0';) {
		const char *entry = at + strspn(at, separators);
		size_t len = strcspn(entry, separators);

		if (len > 0 && !is_ours(entry, len, library)) {
			if (out != start)
				*out++ = entry[-1]; /* the separator that it had */
			memcpy(out, entry, len);
			out += len;
			*out = '\0';
		}
		at = entry + len;
	}
}
