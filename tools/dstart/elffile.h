/* SPDX-License-Identifier: MIT */
/* elffile - the few facts of an ELF file that decide whether a library can be
 * preloaded into it. Safe with any file: bounded reads, nothing trusted. */
#ifndef ELFFILE_H
#define ELFFILE_H

#include <limits.h>
#include <stddef.h>

struct elffile {
	unsigned class;        /* ELFCLASS32 or ELFCLASS64 */
	unsigned data;         /* ELFDATA2LSB or ELFDATA2MSB */
	unsigned type;         /* ET_EXEC or ET_DYN */
	unsigned machine;      /* EM_X86_64, ... */
	int dynamic;           /* has a PT_DYNAMIC */
	int pie;               /* which marks it as a program, though ET_DYN */
	int sanitized;         /* needs a library that will not have another before it */
	char loader[PATH_MAX]; /* PT_INTERP, "" when there is none */
};

/* What elffile_read makes of a file. */
enum elffile_answer {
	ELFFILE_OK,
	ELFFILE_NONE,   /* does not begin like an ELF file */
	ELFFILE_BROKEN, /* does, but the kernel would refuse it */
};

/* Reads the facts of the file open at fd, whose first len bytes are head. */
enum elffile_answer elffile_read(int fd, const unsigned char *head, size_t len,
                                 struct elffile *out);

/* The name of an EM_* number, "another machine" for one that has none here. */
const char *elffile_machine(unsigned machine);

#endif
