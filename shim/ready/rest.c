/* SPDX-License-Identifier: MIT */
#include "ready/rest.h"

#include "base/process.h"
#include "base/scan.h"
#include "base/text.h"

#include <limits.h>

/* FNV-1a, a word at a time. */
static uint64_t mix(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * 0x100000001B3;
}

/* Adds a thread to the hash. Returns whether it sleeps. */
static int thread_sleeps(uint64_t *hash, pid_t thread)
{
	uint64_t switches;
	char state;

	if (process_switches(thread, &state, &switches) < 0 || state != 'S')
		return 0;
	*hash = mix(mix(*hash, (uint64_t)thread), switches);
	return 1;
}

static int process_sleeps(uint64_t *hash, const struct kin *kin)
{
	char path[PROCESS_PATH];
	struct scan threads;
	const char *name;
	int sleeps = 1;
	long long thread;

	*hash = mix(*hash, kin->began);
	if (kin->threads <= 1)
		return thread_sleeps(hash, kin->pid);
	process_path(path, kin->pid, "task");
	if (scan_open(&threads, path) < 0)
		return 0;
	while (sleeps && (name = scan_entry(&threads)) != NULL)
		sleeps = text_number(name, 1, INT_MAX, &thread) == 0 &&
		         thread_sleeps(hash, (pid_t)thread);
	scan_close(&threads);
	return sleeps;
}

long long rest_look(struct rest *rest, const struct family *family, long long now_ms)
{
	uint64_t hash = 0xCBF29CE484222325;
	int asleep = 1;

	rest->alive = 0;
	for (unsigned i = 0; i < family->count; i++) {
		if (family->kin[i].ended)
			continue;
		rest->alive++;
		asleep = asleep && process_sleeps(&hash, &family->kin[i]);
	}
	if (!asleep || rest->alive == 0) {
		rest->since_ms = 0;
		return -1;
	}
	if (rest->since_ms == 0 || rest->seen != hash) {
		rest->seen = hash;
		rest->since_ms = now_ms;
	}
	return now_ms - rest->since_ms;
}

/* CPU time of all members in ms, without that of members already waited for. */
static long long worked(const struct family *family)
{
	long long ms = 0;

	for (unsigned i = 0; i < family->count; i++)
		ms += family->kin[i].worked_ms;
	return ms;
}

long long rest_own_time(struct rest *rest, const struct family *family, long long from_ms,
                        long long now_ms)
{
	const long long now = worked(family);

	if (rest->from_ms != from_ms) {
		rest->from_ms = rest->last_ms = from_ms;
		rest->slept_ms = 0;
		rest->worked_ms = now;
	}
	if (rest->since_ms != 0)
		rest->slept_ms += now_ms - rest->last_ms;
	rest->last_ms = now_ms;
	return rest->slept_ms + (now > rest->worked_ms ? now - rest->worked_ms : 0);
}
