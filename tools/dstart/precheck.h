/* SPDX-License-Identifier: MIT */
/* precheck - can a program be preloaded? Found out without running it. The
 * loader keeps silent when it leaves a library out, so somebody has to say. */
#ifndef PRECHECK_H
#define PRECHECK_H

#include "rights.h"

#include <limits.h>
#include <stddef.h>

enum precheck_verdict {
	PRECHECK_PRELOADABLE,
	PRECHECK_STATIC,       /* has no loader: statically linked, static-pie */
	PRECHECK_SETUID,       /* these three: the kernel would raise its rights, */
	PRECHECK_SETGID,       /* so the loader distrusts the environment; only */
	PRECHECK_CAPABILITIES, /* for this caller, on this mount */
	PRECHECK_PRIVILEGED,   /* the same, since our own effective ids differ */
	PRECHECK_SANITIZED,    /* its sanitizer wants to be the first library */
	PRECHECK_CLASS,        /* 32 bit where the library has 64, or the reverse */
	PRECHECK_MACHINE,      /* for another processor or byte order */
	PRECHECK_UNKNOWN,      /* unreadable or of another format: try */
	PRECHECK_BROKEN,       /* execve(2) would fail, with result->error */
	PRECHECK_LIBRARY,      /* the library is missing, unreadable or no library */
};

struct precheck_result {
	enum precheck_verdict verdict;
	int error;                 /* an errno, or 0 */
	char file[PATH_MAX];       /* which decided: the program or an interpreter, */
	char script[PATH_MAX];     /* then of this script, else "" */
	int by_user;               /* the verdict may be another for another user */
	int is_text;               /* of an unknown format, that a shell may know */
	char text[PATH_MAX + 512]; /* a sentence that names both, and says why */
};

/* Judges the program at path for user (NULL: a caller with our rights),
 * following "#!" as execve(2) does, and comparing with the ELF header of library (NULL: there
 * is none, and this program's own stands for it). Reads a few kilobytes, maps
 * nothing, runs nothing, trusts nothing in the files.
 * Returns the verdict, and fills *result always. */
enum precheck_verdict precheck(const char *path, const char *library,
                               const struct rights_user *user, struct precheck_result *result);

/* Finds the program called name as execvp(3) does: in the directories of
 * path_env (NULL: the system's default path; an empty element is the current
 * directory), or name itself when it has a slash. Directories and files
 * without execute permission are passed over.
 * Returns 0 with its path in out, 127 with errno ENOENT (there is none), or
 * 126 with errno (EACCES: there is one that must not be executed). */
int precheck_find(const char *name, const char *path_env, char *out, size_t size);

#endif
