/* SPDX-License-Identifier: MIT */
#include "base/environ.h"

#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define CHUNK 65536
#define ALIGN 16 /* arrays are allocated here too */
#define MORE 32  /* spare entries for variables added later */

static int is_key(const char *assignment, const char *key, size_t len)
{
	return strncmp(assignment, key, len) == 0 && assignment[len] == '=';
}

const char *environ_get(char *const *envp, const char *key)
{
	size_t len = strlen(key);

	for (; envp != NULL && *envp != NULL; envp++)
		if (is_key(*envp, key, len))
			return *envp + len + 1;
	return NULL;
}

/* Never freed: the launcher ends by _exit or exec. */
char *environ_alloc(struct environ_block *b, size_t size)
{
	char *room;

	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (size > CHUNK / 4)
		return sys_allocate(size);
	if ((size_t)(b->chunk_end - b->chunk) < size) {
		b->chunk = sys_allocate(CHUNK);
		if (b->chunk == NULL) {
			b->chunk_end = NULL;
			return NULL;
		}
		b->chunk_end = b->chunk + CHUNK;
	}
	room = b->chunk;
	b->chunk += size;
	return room;
}

static uint32_t hash(const char *key, size_t len)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	while (len-- > 0)
		h = (h ^ (unsigned char)*key++) * 16777619u;
	return h;
}

/* Returns the slot of key: it holds the index of its variable plus 1, or 0. */
static uint32_t *slot_of(const struct environ_block *b, const char *key, size_t len)
{
	size_t i = hash(key, len);

	while (b->slots[i &= b->slot_mask] != 0 && !is_key(b->vars[b->slots[i] - 1], key, len))
		i++;
	return &b->slots[i];
}

/* Fills the hash table; a key that occurs twice gets the index of its first
 * variable. */
static void number_all(struct environ_block *b)
{
	memset(b->slots, 0, (b->slot_mask + 1) * sizeof *b->slots);
	for (size_t i = 0; i < b->count; i++) {
		uint32_t *slot = slot_of(b, b->vars[i], strcspn(b->vars[i], "="));

		if (*slot == 0)
			*slot = (uint32_t)i + 1;
	}
}

/* Allocates arrays for room entries and copies the variables. Returns 0, or
 * -ENOMEM. */
static int make_room(struct environ_block *b, size_t room)
{
	char **vars = (char **)(void *)environ_alloc(b, room * sizeof *vars);
	uint32_t *slots;
	size_t slot_count = MORE;

	while (slot_count < 2 * room) /* at most half full */
		slot_count *= 2;
	slots = (uint32_t *)(void *)environ_alloc(b, slot_count * sizeof *slots);
	if (vars == NULL || slots == NULL)
		return -ENOMEM;
	if (b->count > 0)
		memcpy(vars, b->vars, b->count * sizeof *vars);
	b->vars = vars;
	b->slots = slots;
	b->slot_mask = slot_count - 1;
	b->room = room;
	number_all(b);
	return 0;
}

int environ_begin(struct environ_block *b, char *const *envp, struct failure *why)
{
	size_t room = MORE;

	for (; envp != NULL && *envp != NULL; envp++)
		room++;
	memset(b, 0, sizeof *b);
	if (make_room(b, room) == 0)
		return 0;
	return failure_set(why, STATUS_OSERR, ENOMEM, "unable to allocate memory");
}

int environ_add(struct environ_block *b, char *assignment)
{
	uint32_t *slot;

	if (b->count + 2 > b->room && make_room(b, 2 * b->room) < 0)
		return -ENOMEM;
	slot = slot_of(b, assignment, strcspn(assignment, "="));
	b->vars[b->count++] = assignment;
	b->vars[b->count] = NULL;
	if (*slot == 0)
		*slot = (uint32_t)b->count;
	else
		b->doubled = 1;
	return 0;
}

/* Removes the variables of key from index from onwards. */
static void drop_from(struct environ_block *b, size_t from, const char *key, size_t len)
{
	size_t to = from;

	for (size_t i = from; i < b->count; i++)
		if (!is_key(b->vars[i], key, len))
			b->vars[to++] = b->vars[i];
	if (to == b->count)
		return;
	b->count = to;
	b->vars[to] = NULL;
	number_all(b);
}

int environ_put(struct environ_block *b, char *assignment)
{
	size_t len = strcspn(assignment, "="), at = *slot_of(b, assignment, len);

	if (at == 0)
		return environ_add(b, assignment);
	b->vars[at - 1] = assignment;
	if (b->doubled)
		drop_from(b, at, assignment, len);
	return 0;
}

int environ_set(struct environ_block *b, const char *key, const char *const *parts)
{
	size_t size = strlen(key) + 2;
	char *assignment;
	struct text t;

	for (const char *const *p = parts; *p != NULL; p++)
		size += strlen(*p);
	assignment = environ_alloc(b, size);
	if (assignment == NULL)
		return -ENOMEM;
	text_begin(&t, assignment, size);
	text_str(&t, key);
	text_str(&t, "=");
	for (; *parts != NULL; parts++)
		text_str(&t, *parts);
	return environ_put(b, assignment);
}

void environ_drop(struct environ_block *b, const char *key)
{
	size_t len = strlen(key), at = *slot_of(b, key, len);

	if (at != 0)
		drop_from(b, at - 1, key, len);
}
