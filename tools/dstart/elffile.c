/* SPDX-License-Identifier: MIT */
#include "elffile.h"

#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define TABLE_MAX 65536 /* the kernel's limit for all program headers */
#define DYNAMIC_MAX 65536
#ifndef DF_1_PIE
#define DF_1_PIE 0x08000000
#endif

/* An ELF file of either class (32 or 64 bit) and byte order. */
struct reader {
	int fd;
	int wide;   /* ELFCLASS64 */
	int little; /* ELFDATA2LSB */
};

/* The fields of a program header that we need. */
struct segment {
	uint64_t type, offset, size, address;
};

/* Collected from the program headers, to be looked up when all have been read. */
#define LOADS_MAX 16
#define NEEDED_MAX 128
struct names {
	struct segment loads[LOADS_MAX];
	unsigned load_count;
	uint64_t table; /* address of the string table */
	uint64_t needed[NEEDED_MAX];
	unsigned needed_count;
};

static uint64_t number(const struct reader *r, const unsigned char *at, size_t bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | at[r->little ? bytes - 1 - i : i];
	return n;
}

/* The value of a field at base, in the layout of the file's class. */
#define FIELD(r, base, elf, field)                                                                 \
	((r)->wide ? number((r), (base) + offsetof(Elf64_##elf, field),                            \
	                    sizeof((Elf64_##elf *)0)->field)                                       \
	           : number((r), (base) + offsetof(Elf32_##elf, field),                            \
	                    sizeof((Elf32_##elf *)0)->field))
#define SIZE(r, elf) ((r)->wide ? sizeof(Elf64_##elf) : sizeof(Elf32_##elf))

/* Reads exactly size bytes at offset. Returns 0, or -1. */
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

/* Reads the loader's path, which the kernel requires to be terminated. Returns 0,
 * or -1. */
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

static void read_entry(const struct reader *r, const unsigned char *entry, struct names *names,
                       struct elffile *out)
{
	const uint64_t value = FIELD(r, entry, Dyn, d_un);

	switch (FIELD(r, entry, Dyn, d_tag)) {
	case DT_FLAGS_1:
		out->pie = (value & DF_1_PIE) != 0;
		break;
	case DT_STRTAB:
		names->table = value;
		break;
	case DT_NEEDED:
		if (names->needed_count < NEEDED_MAX)
			names->needed[names->needed_count++] = value;
		break;
	default:
		break;
	}
}

/* Reads the dynamic section; what cannot be read is skipped. */
static void read_dynamic(const struct reader *r, const struct segment *s, struct names *names,
                         struct elffile *out)
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

			if (FIELD(r, e, Dyn, d_tag) == DT_NULL)
				return;
			read_entry(r, e, names, out);
		}
		offset += part * size;
		count -= part;
	}
}

/* gcc's sanitizers abort a program if another library is loaded before theirs. */
static int is_sanitizer(const char *name)
{
	static const char *const names[] = { "libasan.so", "libtsan.so", "liblsan.so",
		                             "libhwasan.so" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return 1;
	return 0;
}

static void read_names(const struct reader *r, const struct names *names, struct elffile *out)
{
	uint64_t table = 0;
	char name[16] = "";

	for (unsigned i = 0; i < names->load_count; i++) {
		const struct segment *load = &names->loads[i];

		if (names->table >= load->address && names->table - load->address < load->size)
			table = load->offset + (names->table - load->address);
	}
	for (unsigned i = 0; table != 0 && i < names->needed_count; i++)
		if (names->needed[i] < UINT32_MAX &&
		    read_at(r->fd, name, sizeof name - 1, table + names->needed[i]) == 0)
			out->sanitized |= is_sanitizer(name);
}

static int read_segment(const struct reader *r, const unsigned char *header, struct names *names,
                        struct elffile *out)
{
	const struct segment s = {
		.type = FIELD(r, header, Phdr, p_type),
		.offset = FIELD(r, header, Phdr, p_offset),
		.size = FIELD(r, header, Phdr, p_filesz),
		.address = FIELD(r, header, Phdr, p_vaddr),
	};

	if (s.type == PT_INTERP && out->loader[0] == '\0')
		return read_loader(r, &s, out);
	if (s.type == PT_DYNAMIC && !out->dynamic) {
		out->dynamic = 1;
		read_dynamic(r, &s, names, out);
	}
	if (s.type == PT_LOAD && names->load_count < LOADS_MAX)
		names->loads[names->load_count++] = s;
	return 0;
}

static int read_segments(const struct reader *r, const unsigned char *head, struct elffile *out)
{
	unsigned char headers[32 * sizeof(Elf64_Phdr)];
	size_t size = SIZE(r, Phdr);
	uint64_t offset = FIELD(r, head, Ehdr, e_phoff);
	uint64_t count = FIELD(r, head, Ehdr, e_phnum);
	struct names names = { .load_count = 0 };

	if (FIELD(r, head, Ehdr, e_phentsize) != size || count == 0 || count * size > TABLE_MAX)
		return -1;
	while (count > 0) {
		size_t part = count < 32 ? (size_t)count : 32;

		if (read_at(r->fd, headers, part * size, offset) < 0)
			return -1;
		for (size_t i = 0; i < part; i++)
			if (read_segment(r, headers + i * size, &names, out) < 0)
				return -1;
		offset += part * size;
		count -= part;
	}
	read_names(r, &names, out);
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

const char *elffile_machine(unsigned machine)
{
	static const struct {
		unsigned machine;
		const char *name;
	} names[] = {
		{ EM_386, "i386" },        { EM_X86_64, "x86-64" },   { EM_ARM, "ARM" },
		{ 183, "AArch64" },        { 243, "RISC-V" },         { EM_PPC, "PowerPC" },
		{ EM_PPC64, "PowerPC64" }, { EM_S390, "S/390" },      { EM_MIPS, "MIPS" },
		{ 258, "LoongArch" },      { EM_SPARCV9, "SPARC64" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "another machine";
}
