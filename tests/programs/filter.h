/* SPDX-License-Identifier: MIT */
/* Filters of system calls, as in <linux/filter.h> and <linux/seccomp.h>, which
 * musl's compiler lacks. */
#ifndef TESTS_FILTER_H
#define TESTS_FILTER_H

#include <stdint.h>
#include <sys/prctl.h>

struct filter_step {
	uint16_t code;
	uint8_t if_true, if_false;
	uint32_t k;
};
struct filter {
	unsigned short len;
	const struct filter_step *steps; /* cppcheck-suppress unusedStructMember */
};

#define FILTER_STEP(code, skip, k) ((struct filter_step){ (code), 0, (skip), (k) })
#define FILTER_NUMBER FILTER_STEP(0x20, 0, 0)
#define FILTER_UNLESS(n) FILTER_STEP(0x15, 1, (n)) /* not that number: skip a step */
#define FILTER_ANSWER(k) FILTER_STEP(0x06, 0, (k))

#define FILTER_FAIL(error) (0x00050000u | (error))
#define FILTER_KILL 0x80000000u
#define FILTER_ALLOW 0x7fff0000u

/* For this process and all that it becomes: 0, or -1 with errno. */
static inline int filter_install(const struct filter *f)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -1 : prctl(PR_SET_SECCOMP, 2, f);
}

#endif
