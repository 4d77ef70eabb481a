/* SPDX-License-Identifier: MIT */
#include "launcher/preload.h"

#include "base/host.h"
#include "base/process.h"
#include "base/scan.h"
#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

#define OPTIONS "DAEMONIZE" /* prefix of our variables */

static const char separators[] = " :\t\n\v\f\r";

/* ---- this library's file. dladdr is in libdl up to glibc 2.33, and it and
 * dl_iterate_phdr may be interposed. So we read the loader's list, as debuggers do,
 * or /proc if that is not found. */

/* NOLINTNEXTLINE(readability-redundant-declaration): weak, a static program has none */
extern ElfW(Dyn) _DYNAMIC[] __attribute__((weak, visibility("hidden")));

/* The program's dynamic section, or NULL: it has none, or the kernel has executed
 * musl's loader with the program as an argument. */
static const ElfW(Dyn) * dynamic(void)
{
	const ElfW(Phdr) *header = (const void *)host_auxval(AT_PHDR); /* NOLINT: an address */
	const ElfW(Phdr) *found = NULL, *itself = NULL;

	for (unsigned long i = 0; header != NULL && i < host_auxval(AT_PHNUM); i++)
		if (header[i].p_type == PT_PHDR)
			itself = &header[i];
		else if (header[i].p_type == PT_DYNAMIC)
			found = &header[i];
	if (found == NULL || itself == NULL)
		return NULL;
	return (const void *)((const char *)header - itself->p_vaddr + found->p_vaddr);
}

/* The path by which the loader knows us, or NULL. */
static const char *loaded_as(void)
{
	const ElfW(Dyn) *entry = dynamic();
	const struct r_debug *debug;

	while (entry != NULL && entry->d_tag != DT_NULL && entry->d_tag != DT_DEBUG)
		entry++;
	if (entry == NULL || entry->d_tag != DT_DEBUG)
		return NULL;
	debug = (const void *)entry->d_un.d_ptr; /* NOLINT: an address */
	for (const struct link_map *l = debug != NULL ? debug->r_map : NULL; l != NULL;
	     l = l->l_next)
		if (l->l_ld == _DYNAMIC)
			return l->l_name;
	return NULL;
}

/* Finds the mapping that we lie in, and copies its path. The lines of maps are
 * "START-END rwxp OFFSET DEVICE INODE PATH". Returns 0, or -errno. */
static int mapped_as(char *path, size_t size)
{
	struct scan maps;
	int r = scan_open(&maps, "/proc/self/maps");
	const char *line;

	if (r < 0)
		return r;
	for (r = -ENOENT; r == -ENOENT && (line = scan_line(&maps)) != NULL;) {
		uintptr_t start = (uintptr_t)text_digits(&line, 16);
		uintptr_t end = *line++ == '-' ? (uintptr_t)text_digits(&line, 16) : 0;
		struct text t;

		if ((uintptr_t)_DYNAMIC < start || (uintptr_t)_DYNAMIC >= end ||
		    strchr(line, '/') == NULL)
			continue;
		text_begin(&t, path, size);
		text_str(&t, strchr(line, '/'));
		r = t.cut ? -ENAMETOOLONG : 0;
	}
	scan_close(&maps);
	return r;
}

/* Writes the absolute path of name to path. Returns 0, or -errno. */
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
	const char *name = loaded_as();
	int r;

	if (name != NULL && *name != '\0')
		r = absolute(path, size, name);
	else
		r = mapped_as(path, size);
	if (r < 0)
		return failure_set(why, STATUS_OSERR, -r, "unable to find this library");
	if (!preload_usable(path))
		return failure_set(why, STATUS_OSERR, 0, "unable to preload ", path,
		                   ": LD_PRELOAD cannot hold a path with a space or colon");
	return 0;
}

/* Was the process started with a variable of ours? Asked first, because every
 * launcher asks, and reading maps takes the kernel twenty times as long. */
static int has_options(pid_t pid)
{
	char path[PROCESS_PATH], text[4096];
	const char *rest = OPTIONS; /* of it, while an entry begins like it; else NULL */
	ssize_t n = 0;
	int fd, found = 0;

	process_path(path, pid, "environ");
	fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	while (!found && (n = sys_read(fd, text, sizeof text)) > 0)
		for (ssize_t i = 0; i < n && !found; i++) {
			if (text[i] == '\0')
				rest = OPTIONS;
			else
				rest = rest != NULL && text[i] == *rest ? rest + 1 : NULL;
			found = rest != NULL && *rest == '\0';
		}
	sys_close(fd);
	return found || n < 0;
}

int preload_is_in(pid_t pid, const char *library)
{
	char path[PROCESS_PATH];
	struct scan s;
	char *line;
	int found = 0;

	if (!has_options(pid))
		return 0;
	process_path(path, pid, "maps");
	if (scan_open(&s, path) < 0)
		return 0;
	while (!found && (line = scan_line(&s)) != NULL)
		found = strcmp(text_basename(line), text_basename(library)) == 0;
	scan_close(&s);
	return found;
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
				*out++ = entry[-1]; /* its original separator */
			memcpy(out, entry, len);
			out += len;
			*out = '\0';
		}
		at = entry + len;
	}
}
