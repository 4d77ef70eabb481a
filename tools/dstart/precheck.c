/* SPDX-License-Identifier: MIT */
#include "precheck.h"

#include "base/error.h"
#include "base/sys.h"
#include "base/text.h"
#include "elffile.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_SIZE 256 /* what the kernel reads: BINPRM_BUF_SIZE */
#define SCRIPTS_MAX 5 /* nested scripts that the kernel allows */

/* A file to execute: the program, or an interpreter. */
struct program {
	int fd; /* -1: executable, but not readable */
	struct sys_stat stat;
	unsigned char head[HEAD_SIZE];
	size_t len;
};

#define verdict_set(r, v, e, ...)                                                                  \
	verdict_join((r), (v), (e), (const char *const[]){ __VA_ARGS__, NULL })

/* Sets verdict and text: the file that decided, parts, the error. */
static void verdict_join(struct precheck_result *r, enum precheck_verdict verdict, int error,
                         const char *const *parts)
{
	struct text t;

	r->verdict = verdict;
	r->error = error;
	text_begin(&t, r->text, sizeof r->text);
	text_str(&t, r->file);
	if (r->script[0] != '\0') {
		text_str(&t, ", the interpreter of ");
		text_str(&t, r->script);
		text_str(&t, ",");
	}
	for (; *parts != NULL; parts++)
		text_str(&t, *parts);
	if (error != 0) {
		text_str(&t, ": ");
		text_str(&t, error_text(error));
	}
}

/* Sets r->file. A path that is cut here is too long for the kernel, too. */
static void name_file(struct precheck_result *r, const char *path)
{
	struct text t;

	text_begin(&t, r->file, sizeof r->file);
	text_str(&t, path);
}

/* Opens path if it can be executed, without blocking: it may be a FIFO by now.
 * Returns 0, or -errno. */
static int program_open(const char *path, struct program *t)
{
	ssize_t n;
	int r;

	*t = (struct program){ .fd = -1 };
	r = sys_stat(AT_FDCWD, path, 0, &t->stat);
	if (r < 0)
		return r;
	if (!S_ISREG(t->stat.mode))
		return -EACCES;
	r = sys_eaccess(AT_FDCWD, path, X_OK);
	if (r < 0)
		return r;
	t->fd = sys_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
	if (t->fd < 0)
		return 0;
	n = sys_read_all(t->fd, t->head, sizeof t->head);
	t->len = n > 0 ? (size_t)n : 0;
	return 0;
}

static int is_blank(unsigned char ch)
{
	return ch == ' ' || ch == '\t';
}

/* Copies the interpreter's path from a "#!" line to out. As in the kernel it must
 * end within the head, at a blank, a NUL or the end of the line or file. Returns 1,
 * 0 (no "#!"), or -1: the kernel refuses the line. */
static int interpreter(const struct program *t, char *out, size_t size)
{
	size_t from = 2;
	size_t to;

	if (t->len < 2 || t->head[0] != '#' || t->head[1] != '!')
		return 0;
	while (from < t->len && is_blank(t->head[from]))
		from++;
	for (to = from; to < t->len; to++)
		if (is_blank(t->head[to]) || t->head[to] == '\n' || t->head[to] == '\0')
			break;
	if (to == from || to == HEAD_SIZE || to - from >= size)
		return -1;
	memcpy(out, t->head + from, to - from);
	out[to - from] = '\0';
	return 1;
}

/* Sets a verdict if execve(2) would raise rights. Returns whether it did. */
static int privileged(const struct program *t, const struct rights_user *user,
                      struct precheck_result *r)
{
	static const struct {
		enum precheck_verdict verdict;
		const char *sentence;
	} said[] = {
		[RIGHTS_SETUID] = { PRECHECK_SETUID, " is set-user-ID" },
		[RIGHTS_SETGID] = { PRECHECK_SETGID, " is set-group-ID" },
		[RIGHTS_CAPABILITIES] = { PRECHECK_CAPABILITIES, " has file capabilities" },
		[RIGHTS_OURS] = { PRECHECK_PRIVILEGED, " would run as we do, with effective ids "
		                                       "other than the real ones" },
	};
	enum rights rights = rights_gained(r->file, &t->stat, user);

	r->by_user = rights_special(r->file, &t->stat);
	if (rights == RIGHTS_SAME)
		return 0;
	verdict_set(r, said[rights].verdict, 0, said[rights].sentence);
	return 1;
}

static void judge_elf(const struct elffile *elf, const struct elffile *library,
                      struct precheck_result *r)
{
	const int loader = elf->loader[0] != '\0' ? sys_eaccess(AT_FDCWD, elf->loader, X_OK) : 0;

	if (elf->class != library->class)
		verdict_set(r, PRECHECK_CLASS, 0,
		            elf->class == ELFCLASS32 ? " is a 32" : " is a 64",
		            " bit program, the library is for ",
		            library->class == ELFCLASS32 ? "32" : "64");
	else if (elf->machine != library->machine || elf->data != library->data)
		verdict_set(r, PRECHECK_MACHINE, 0, " is for ", elffile_machine(elf->machine),
		            elf->machine == library->machine ? " in another byte order" : "",
		            ", the library for ", elffile_machine(library->machine));
	else if (loader < 0)
		verdict_set(r, PRECHECK_BROKEN, -loader, " needs the loader ", elf->loader);
	else if (elf->sanitized)
		verdict_set(r, PRECHECK_SANITIZED, 0,
		            " has a sanitizer, which wants to be the first library");
	else if (elf->loader[0] != '\0')
		verdict_set(r, PRECHECK_PRELOADABLE, 0, " can be preloaded");
	else if (elf->type == ET_DYN && elf->dynamic && !elf->pie)
		verdict_set(r, PRECHECK_UNKNOWN, 0, " has no loader, and may be one");
	else
		verdict_set(r, PRECHECK_STATIC, 0, " is statically linked");
}

/* Is it a text, by bash's rule: no NUL in the first line? */
static int is_text(const struct program *t)
{
	const unsigned char *end = memchr(t->head, '\n', t->len);

	return memchr(t->head, '\0', end != NULL ? (size_t)(end - t->head) : t->len) == NULL;
}

/* Judges the program itself: rights first, which can be seen without reading it. */
static void judge(const struct program *t, const struct elffile *library,
                  const struct rights_user *user, struct precheck_result *r)
{
	struct elffile elf;

	if (privileged(t, user, r))
		return;
	if (t->fd < 0) {
		verdict_set(r, PRECHECK_UNKNOWN, 0, " cannot be read, only executed");
		return;
	}
	switch (elffile_read(t->fd, t->head, t->len, &elf)) {
	case ELFFILE_OK:
		judge_elf(&elf, library, r);
		break;
	case ELFFILE_BROKEN:
		verdict_set(r, PRECHECK_BROKEN, ENOEXEC, " is an ELF file, but no program");
		break;
	case ELFFILE_NONE:
		r->is_text = is_text(t);
		verdict_set(r, PRECHECK_UNKNOWN, 0, " is neither an ELF file nor begins with #!");
		break;
	}
}

static int read_library(const char *path, struct elffile *out, struct precheck_result *r)
{
	unsigned char head[HEAD_SIZE];
	const char *file = path != NULL ? path : "/proc/self/exe";
	int fd = sys_open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
	ssize_t n = fd < 0 ? fd : sys_read_all(fd, head, sizeof head);
	int error = n < 0 ? (int)-n : ENOEXEC;

	if (n >= 0 && elffile_read(fd, head, (size_t)n, out) == ELFFILE_OK &&
	    (path == NULL || out->type == ET_DYN)) {
		sys_close(fd);
		return 0;
	}
	sys_close(fd);
	name_file(r, file);
	verdict_set(r, PRECHECK_LIBRARY, error, " cannot be preloaded");
	return -1;
}

/* Follows "#!" lines from r->file to the file that is executed. Returns 0 with that
 * in *t, or -1 with the verdict. */
static int follow(struct program *t, struct precheck_result *r)
{
	char next[HEAD_SIZE];

	for (int scripts = 0;; scripts++) {
		int found = program_open(r->file, t);

		if (found < 0) {
			verdict_set(r, PRECHECK_BROKEN, -found, " cannot be executed");
			return -1;
		}
		found = interpreter(t, next, sizeof next);
		if (found == 0)
			return 0;
		sys_close(t->fd);
		if (found < 0) {
			verdict_set(r, PRECHECK_BROKEN, ENOEXEC, " names no interpreter behind #!");
			return -1;
		}
		if (scripts == SCRIPTS_MAX) {
			verdict_set(r, PRECHECK_BROKEN, ELOOP, " is one script too many");
			return -1;
		}
		memcpy(r->script, r->file, sizeof r->script);
		memcpy(r->file, next, strlen(next) + 1);
	}
}

enum precheck_verdict precheck(const char *path, const char *library,
                               const struct rights_user *user, struct precheck_result *result)
{
	struct elffile lib;
	struct program program;

	*result = (struct precheck_result){ .verdict = PRECHECK_UNKNOWN };
	if (read_library(library, &lib, result) < 0)
		return result->verdict;
	name_file(result, path);
	if (follow(&program, result) < 0)
		return result->verdict;
	judge(&program, &lib, user, result);
	sys_close(program.fd);
	return result->verdict;
}
