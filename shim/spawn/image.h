/* SPDX-License-Identifier: MIT */
/* image - which file to execute, with which arguments, so that the copy cannot be
 * distinguished from the program that was started. */
#ifndef IMAGE_H
#define IMAGE_H

#include "base/environ.h"
#include "base/report.h"

#define COMM_SIZE 16 /* TASK_COMM_LEN */

struct image {
	const char *path;
	char **argv;
	char comm[COMM_SIZE]; /* the name that the kernel shows; empty: as exec sets it */
	int is_script;     /* path is a script, which its interpreter opens; argv is the script's */
	int opened_later;  /* path is opened after the change of directory, by the interpreter or
	                    * by us */
	char **shell_argv; /* arguments of /bin/sh, which runs path if the kernel does not know
	                    * its format; or NULL */
};

/* Finds out how this process was started. argc and argv are the constructor's,
 * which only glibc passes. argv0, unless NULL, replaces argv[0]. Returns 0, or -1
 * with *why described. */
int image_self(struct image *image, struct environ_block *memory, const char *argv0, int argc,
               char **argv, struct failure *why);

/* Makes path absolute if it is relative and opened later. Returns 0, or -1 with
 * *why described. */
int image_anchor(struct image *image, struct environ_block *memory, struct failure *why);

#endif
