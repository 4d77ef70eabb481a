/* SPDX-License-Identifier: MIT */
/* elffile - reads the few facts of an ELF file that decide whether a library can be
 * preloaded into it. Safe with any file: reads are bounded, and nothing in it is
 * trusted. */
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
	int pie;               /* DF_1_PIE: a program, though ET_DYN */
	int sanitized;         /* needs a sanitizer's library, which must be loaded first */
	char loader[PATH_MAX]; /* PT_INTERP; "" if there is none */
};

/* The result of elffile_read. */
enum elffile_answer {
	ELFFILE_OK,
	ELFFILE_NONE,   /* does not begin as an ELF file does */
	ELFFILE_BROKEN, /* does, but the kernel would refuse to execute it */
};

/* Fills in *out from the file open at fd, whose first len bytes are head. */
enum elffile_answer elffile_read(int fd, const unsigned char *head, size_t len,
                                 struct elffile *out);

/* The name of machine, an EM_* number; "another machine" if it is not known here. */
const char *elffile_machine(unsigned machine);

#endif
