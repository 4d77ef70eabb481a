/* SPDX-License-Identifier: MIT */
#include "spawn/lookup.h"

#include "base/text.h"
#include "getent.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_MAX 4294967294LL /* (uid_t)-1 is nobody's */

/* getent takes these for numbers, or options, and libc for nobody's name. */
static int is_askable(const char *name)
{
	return *name != '-' && *name != '+' && strpbrk(name, ":\n") == NULL &&
	       name[strspn(name, " \t\v\f\r+-0123456789")] != '\0';
}

/* ---- databases, as getent prints and /etc holds them. fgetpwent and
 * fgetgrent read them without NSS. */

static int describe(struct lookup_user *user, const struct passwd *entry)
{
	*user = (struct lookup_user){ .uid = entry->pw_uid,
		                      .gid = entry->pw_gid,
		                      .name = entry->pw_name,
		                      .home = entry->pw_dir,
		                      .shell = entry->pw_shell };
	return 0;
}

static int match_user(FILE *file, const void *key, void *out)
{
	const struct passwd *entry;

	while ((entry = fgetpwent(file)) != NULL)
		if (strcmp(entry->pw_name, key) == 0)
			return describe(out, entry);
	return -1;
}

static int match_uid(FILE *file, const void *key, void *out)
{
	const struct passwd *entry;

	while ((entry = fgetpwent(file)) != NULL)
		if (entry->pw_uid == *(const uid_t *)key && strchr("+-", *entry->pw_name) == NULL)
			return describe(out, entry);
	return -1;
}

/* A directory may know a user by more than one name: Ann is ann to it. */
static int first_user(FILE *file, const void *key, void *out)
{
	const struct passwd *entry = fgetpwent(file);

	(void)key;
	return entry != NULL ? describe(out, entry) : -1;
}

static int match_group(FILE *file, const void *key, void *out)
{
	const struct group *entry;

	while ((entry = fgetgrent(file)) != NULL)
		if (strcmp(entry->gr_name, key) == 0) {
			*(gid_t *)out = entry->gr_gid;
			return 0;
		}
	return -1;
}

static int first_group(FILE *file, const void *key, void *out)
{
	const struct group *entry = fgetgrent(file);

	(void)key;
	if (entry != NULL)
		*(gid_t *)out = entry->gr_gid;
	return entry != NULL ? 0 : -1;
}

static int read_file(const char *path, getent_reader *match, const void *key, void *out)
{
	FILE *file = fopen(path, "re");
	int r;

	if (file == NULL)
		return -1;
	r = match(file, key, out);
	(void)fclose(file);
	return r;
}

/* ---- the look-ups */

int lookup_user(struct lookup_user *user, const char *name)
{
	int end = GETENT_REFUSED;

	if (*name == '+' || *name == '-')
		return -1;
	if (is_askable(name))
		end = getent_ask("passwd", name, first_user, user);
	if (end == GETENT_REFUSED || end == GETENT_ABSENT)
		return read_file("/etc/passwd", match_user, name, user);
	return end == GETENT_ANSWERED ? 0 : -1;
}

/* The file first: a list of daemons asks for each of them, and nearly all of
 * them are there. */
int lookup_user_id(struct lookup_user *user, uid_t uid)
{
	char key[24];
	struct text t;

	if (read_file("/etc/passwd", match_uid, &uid, user) == 0)
		return 0;
	text_begin(&t, key, sizeof key);
	text_num(&t, uid);
	if (getent_ask("passwd", key, first_user, user) != GETENT_ANSWERED)
		return -1;
	return user->uid == uid ? 0 : -1;
}

int lookup_group(gid_t *gid, const char *name)
{
	int end = GETENT_REFUSED;

	if (*name == '+' || *name == '-')
		return -1;
	if (is_askable(name))
		end = getent_ask("group", name, first_group, gid);
	if (end == GETENT_REFUSED || end == GETENT_ABSENT)
		return read_file("/etc/group", match_group, name, gid);
	return end == GETENT_ANSWERED ? 0 : -1;
}

/* ---- the groups of a user */

struct list {
	gid_t *groups;
	int count, room;
};

static void list_add(struct list *l, gid_t gid)
{
	for (int i = 0; i < l->count && i < l->room; i++)
		if (l->groups[i] == gid)
			return;
	if (l->count < l->room)
		l->groups[l->count] = gid;
	l->count++;
}

/* "NAME GID GID..." */
static int read_list(FILE *file, const void *key, void *out)
{
	const size_t len = strlen(key);
	char *line = NULL, *word, *rest;
	size_t room = 0;
	long long gid;
	int r = -1;

	if (getline(&line, &room, file) > 0 && strncmp(line, key, len) == 0 &&
	    strchr(" \n", line[len]) != NULL && strchr(line + len, '\n') != NULL)
		for (word = strtok_r(line + len, " \n", &rest), r = 0; word != NULL && r == 0;
		     word = strtok_r(NULL, " \n", &rest)) {
			r = text_number(word, 0, ID_MAX, &gid);
			if (r == 0)
				list_add(out, (gid_t)gid);
		}
	free(line);
	return r;
}

static int match_member(FILE *file, const void *key, void *out)
{
	const struct group *entry;

	while ((entry = fgetgrent(file)) != NULL)
		for (char *const *member = entry->gr_mem; *member != NULL; member++)
			if (strcmp(*member, key) == 0)
				list_add(out, entry->gr_gid);
	return 0;
}

int lookup_groups(const char *name, gid_t first, gid_t *groups, int *count)
{
	struct list list = { .groups = groups, .room = *count };
	int end = GETENT_REFUSED;

	list_add(&list, first);
	/* also if it looks like a number, which is nothing to initgroups */
	if (*name != '-')
		end = getent_ask("initgroups", name, read_list, &list);
	if (end == GETENT_REFUSED || end == GETENT_ABSENT)
		end = read_file("/etc/group", match_member, name, &list);
	if (end != GETENT_ANSWERED)
		return -1;
	*count = list.count;
	return list.count <= list.room ? 0 : -1;
}
