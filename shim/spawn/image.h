/* SPDX-License-Identifier: MIT */
/* image - which file to execute, with which arguments, so that the copy
 * cannot be told from the program that was started. */
#ifndef IMAGE_H
#define IMAGE_H

#include "base/environ.h"
#include "base/report.h"

#define COMM_SIZE 16 /* TASK_COMM_LEN */

struct image {
	const char *path;
	char **argv;
	char comm[COMM_SIZE]; /* the name the kernel shows; empty: whatever exec makes it */
	int is_script;        /* argv is what is passed behind its interpreter, which reads path */
	int opened_later;     /* path will be opened from the daemon's directory: by its
	                       * interpreter, or by us */
	char **shell_argv;    /* arguments of /bin/sh, which runs it if the kernel does not
	                       * know the format; or NULL */
};

/* Finds out how this process was started. argc and argv are the
 * constructor's, which only glibc passes. argv0 replaces argv[0] unless NULL.
 * Returns 0, or -1 with *why. */
int image_self(struct image *image, struct environ_block *memory, const char *argv0, int argc,
               char **argv, struct failure *why);

/* Makes a relative path that is opened later absolute. Returns 0, or -1 with
 * *why. */
int image_anchor(struct image *image, struct environ_block *memory, struct failure *why);

#endif
