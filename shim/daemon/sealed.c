/* SPDX-License-Identifier: MIT */
#include "daemon/sealed.h"

#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

/* Not const, for it is written once; but where the constants are. */
static struct {
	struct plan *plan;
	pid_t owner;
	union {
		struct plan plan;
		char bytes[SEALED_ROOM];
	} room;
} kept __attribute__((section(".data.rel.ro.kept")));

/* Nothing else that lies in these pages is written after the constructor. */
static int protect(int access)
{
	const uintptr_t mask = (uintptr_t)getauxval(AT_PAGESZ) - 1;
	const uintptr_t start = (uintptr_t)&kept & ~mask;
	const uintptr_t end = ((uintptr_t)(&kept + 1) + mask) & ~mask;

	return mprotect((void *)start, end - start, access); /* NOLINT: from an address */
}

struct plan *sealed_begin(void)
{
	return protect(PROT_READ | PROT_WRITE) < 0 ? NULL : &kept.room.plan;
}

int sealed_end(struct plan *plan)
{
	kept.plan = plan;
	kept.owner = getpid();
	if (plan != &kept.room.plan && mprotect(plan, plan->size, PROT_READ) < 0)
		return -1;
	return protect(PROT_READ);
}

const struct plan *sealed_plan(void)
{
	return kept.plan;
}

int sealed_ours(void)
{
	return kept.owner == getpid();
}
