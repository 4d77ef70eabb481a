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
	int by_interpreter;   /* path is a script, argv what is passed behind its interpreter */
};

/* Finds out how this process was started. argc and argv are the
 * constructor's, which only glibc passes. argv0 replaces argv[0] unless NULL.
 * Returns 0, or -1 with *why. */
int image_self(struct image *image, struct environ_block *memory, const char *argv0, int argc,
               char **argv, struct failure *why);

/* For a script named relatively: makes the name absolute, for its interpreter
 * will open it from another directory. Returns 0, or -1 with *why. */
int image_anchor(struct image *image, struct environ_block *memory, struct failure *why);

#endif
