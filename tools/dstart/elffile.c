/* SPDX-License-Identifier: MIT */
#include "elffile.h"

#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define TABLE_MAX 65536 /* the kernel's own limit for the program headers */
#define DYNAMIC_MAX 65536
#ifndef DF_1_PIE
#define DF_1_PIE 0x08000000
#endif

/* A file of either class and byte order. */
struct reader {
	int fd;
	int wide;   /* ELFCLASS64 */
	int little; /* ELFDATA2LSB */
};

/* A program header, what we need of it. */
struct segment {
	uint64_t type, offset, size;
};

static uint64_t number(const struct reader *r, const unsigned char *at, size_t bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | at[r->little ? bytes - 1 - i : i];
	return n;
}

/* A field's value, of a structure that has one layout in either class. */
#define FIELD(r, base, elf, field)                                                                 \
	((r)->wide ? number((r), (base) + offsetof(Elf64_##elf, field),                            \
	                    sizeof((Elf64_##elf *)0)->field)                                       \
	           : number((r), (base) + offsetof(Elf32_##elf, field),                            \
	                    sizeof((Elf32_##elf *)0)->field))
#define SIZE(r, elf) ((r)->wide ? sizeof(Elf64_##elf) : sizeof(Elf32_##elf))

/* pread(2) of exactly size bytes; 0, or -1. */
static int read_at(int fd, void *buf, size_t size, uint64_t offset)
{
	size_t done = 0;

	if (offset > (uint64_t)INT64_MAX - size)
		return -1;
	while (done < size) {
		ssize_t n = pread(fd, (char *)buf + done, size - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

/* The path of the loader, which the kernel wants terminated. */
static int read_loader(const struct reader *r, const struct segment *s, struct elffile *out)
{
	if (s->size < 2 || s->size > sizeof out->loader ||
	    read_at(r->fd, out->loader, (size_t)s->size, s->offset) < 0 ||
	    out->loader[s->size - 1] != '\0' || out->loader[0] == '\0') {
		out->loader[0] = '\0';
		return -1;
	}
	return 0;
}

/* Looks for DF_1_PIE. A damaged table has no such mark. */
static void read_dynamic(const struct reader *r, const struct segment *s, struct elffile *out)
{
	unsigned char entries[64 * sizeof(Elf64_Dyn)];
	size_t size = SIZE(r, Dyn);
	uint64_t count = (s->size < DYNAMIC_MAX ? s->size : DYNAMIC_MAX) / size;
	uint64_t offset = s->offset;

	while (count > 0) {
		size_t part = count < 64 ? (size_t)count : 64;

		if (read_at(r->fd, entries, part * size, offset) < 0)
			return;
		for (size_t i = 0; i < part; i++) {
			const unsigned char *e = entries + i * size;
			uint64_t tag = FIELD(r, e, Dyn, d_tag);

			if (tag == DT_NULL)
				return;
			if (tag == DT_FLAGS_1)
				out->pie = (FIELD(r, e, Dyn, d_un) & DF_1_PIE) != 0;
		}
		offset += part * size;
		count -= part;
	}
}

static int read_segment(const struct reader *r, const unsigned char *header, struct elffile *out)
{
	const struct segment s = {
		.type = FIELD(r, header, Phdr, p_type),
		.offset = FIELD(r, header, Phdr, p_offset),
		.size = FIELD(r, header, Phdr, p_filesz),
	};

	if (s.type == PT_INTERP && out->loader[0] == '\0')
		return read_loader(r, &s, out);
	if (s.type == PT_DYNAMIC && !out->dynamic) {
		out->dynamic = 1;
		read_dynamic(r, &s, out);
	}
	return 0;
}

static int read_segments(const struct reader *r, const unsigned char *head, struct elffile *out)
{
	unsigned char headers[32 * sizeof(Elf64_Phdr)];
	size_t size = SIZE(r, Phdr);
	uint64_t offset = FIELD(r, head, Ehdr, e_phoff);
	uint64_t count = FIELD(r, head, Ehdr, e_phnum);

	if (FIELD(r, head, Ehdr, e_phentsize) != size || count == 0 || count * size > TABLE_MAX)
		return -1;
	while (count > 0) {
		size_t part = count < 32 ? (size_t)count : 32;

		if (read_at(r->fd, headers, part * size, offset) < 0)
			return -1;
		for (size_t i = 0; i < part; i++)
			if (read_segment(r, headers + i * size, out) < 0)
				return -1;
		offset += part * size;
		count -= part;
	}
	return 0;
}

enum elffile_answer elffile_read(int fd, const unsigned char *head, size_t len, struct elffile *out)
{
	struct reader r = { .fd = fd };

	memset(out, 0, sizeof *out);
	if (len < SELFMAG || memcmp(head, ELFMAG, SELFMAG) != 0)
		return ELFFILE_NONE;
	if (len < EI_NIDENT)
		return ELFFILE_BROKEN;
	out->class = head[EI_CLASS];
	out->data = head[EI_DATA];
	r.wide = out->class == ELFCLASS64;
	r.little = out->data == ELFDATA2LSB;
	if ((!r.wide && out->class != ELFCLASS32) || (!r.little && out->data != ELFDATA2MSB) ||
	    len < SIZE(&r, Ehdr))
		return ELFFILE_BROKEN;
	out->type = (unsigned)FIELD(&r, head, Ehdr, e_type);
	out->machine = (unsigned)FIELD(&r, head, Ehdr, e_machine);
	if (out->type != ET_EXEC && out->type != ET_DYN)
		return ELFFILE_BROKEN;
	return read_segments(&r, head, out) < 0 ? ELFFILE_BROKEN : ELFFILE_OK;
}
