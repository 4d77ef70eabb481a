/* SPDX-License-Identifier: MIT */
/* precheck - can a library be preloaded into a program? Found out without running
 * it, because the loader silently ignores a library that it does not preload. */
#ifndef PRECHECK_H
#define PRECHECK_H

#include "rights.h"

#include <limits.h>
#include <stddef.h>

enum precheck_verdict {
	PRECHECK_PRELOADABLE,
	PRECHECK_STATIC,       /* has no loader: statically linked, static-pie */
	PRECHECK_SETUID,       /* these three would gain rights at exec, and */
	PRECHECK_SETGID,       /* the loader ignores LD_PRELOAD then; depends */
	PRECHECK_CAPABILITIES, /* on the caller and on the mount */
	PRECHECK_PRIVILEGED,   /* the same, because our real and effective ids differ */
	PRECHECK_SANITIZED,    /* its sanitizer must be the first library */
	PRECHECK_CLASS,        /* 32 bit where the library has 64, or the reverse */
	PRECHECK_MACHINE,      /* for another CPU or byte order */
	PRECHECK_UNKNOWN,      /* unreadable, or of another format: just try */
	PRECHECK_BROKEN,       /* execve(2) would fail, with result->error */
	PRECHECK_LIBRARY,      /* the library is missing, unreadable or not a library */
};

struct precheck_result {
	enum precheck_verdict verdict;
	int error;                 /* an errno, or 0 */
	char file[PATH_MAX];       /* the file that decided: the program, or an interpreter */
	char script[PATH_MAX];     /* the script that it interprets, else "" */
	int by_user;               /* the verdict depends on the user */
	int is_text;               /* unknown format, perhaps a script for the shell */
	char text[PATH_MAX + 512]; /* a sentence that names both files, and says why */
};

/* Judges the program at path for user (NULL: with our rights), following "#!" as
 * execve(2) does. Compares it with the ELF header of library (NULL: that of this
 * program). Reads a few kilobytes, maps and runs nothing, trusts nothing in the
 * files. Returns the verdict, and always fills in *result. */
enum precheck_verdict precheck(const char *path, const char *library,
                               const struct rights_user *user, struct precheck_result *result);

/* Finds the program called name as execvp(3) does: in the directories of path_env
 * (NULL: the system's default path; an empty element is the current directory), or
 * name itself if it has a slash. Skips directories and files without execute
 * permission. Returns 0 with the path in out; 127 with errno ENOENT: there is none;
 * or 126 with errno (EACCES: there is one that may not be executed). */
int precheck_find(const char *name, const char *path_env, char *out, size_t size);

#endif
