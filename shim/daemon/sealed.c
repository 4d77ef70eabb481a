/* SPDX-License-Identifier: MIT */
#include "daemon/sealed.h"

#include "base/host.h"
#include "base/sys.h"

#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/* Written once, then read-only: so it lies in .data.rel.ro, in a page that
 * relocation has dirtied already. */
static struct {
	struct plan *plan;
	pid_t owner;
	union {
		struct plan plan;
		char bytes[SEALED_ROOM];
	} room;
} kept __attribute__((section(".data.rel.ro.kept")));

/* Sets the access to the pages of `kept`. Nothing else in them is written after the
 * constructor. */
static int protect(int access)
{
	const uintptr_t mask = (uintptr_t)host_auxval(AT_PAGESZ) - 1;
	const uintptr_t start = (uintptr_t)&kept & ~mask;
	const uintptr_t end = ((uintptr_t)(&kept + 1) + mask) & ~mask;

	return sys_mprotect((void *)start, end - start, access); /* NOLINT: from an address */
}

int sealed_begin(struct plan **plan)
{
	*plan = &kept.room.plan;
	return protect(PROT_READ | PROT_WRITE);
}

int sealed_end(struct plan *plan)
{
	int r = 0;

	kept.plan = plan;
	kept.owner = sys_getpid();
	if (plan != &kept.room.plan)
		r = sys_mprotect(plan, plan->size, PROT_READ);
	if (r < 0)
		return r;
	return protect(PROT_READ);
}

const struct plan *sealed_plan(void)
{
	return kept.plan;
}

int sealed_ours(void)
{
	return kept.owner == sys_getpid();
}
