/* SPDX-License-Identifier: MIT */
#include "spawn/lookup.h"

#include "base/text.h"
#include "spawn/getent.h"

#include <errno.h>
#include <string.h>

#define ID_MAX 4294967294LL /* (uid_t)-1 is no id */
#define NAME_SIZE sizeof((struct lookup_user *)0)->name
#define ID_SIZE 24

/* May getent be asked for this name? It takes others for numbers or options, and
 * libc allows none of them as a name. */
static int is_askable(const char *name)
{
	return *name != '-' && *name != '+' && name[strcspn(name, ":\n")] == '\0' &&
	       name[strspn(name, " \t\v\f\r+-0123456789")] != '\0';
}

static int read_file(const char *path, getent_reader *reader, void *arg)
{
	struct scan file;
	int r = scan_open(&file, path);

	if (r < 0)
		return r;
	r = reader(&file, arg);
	scan_close(&file);
	return r;
}

/* ---- databases: lines of fields, in the output of getent and in /etc */

struct row {
	struct scan *scan;
	char end; /* what ended the last field: ':', '\n', or '\0' at EOF */
	int bad;  /* a field is missing or malformed */
};

static void begin(struct row *r)
{
	r->end = ':';
	r->bad = 0;
}

static void field(struct row *r, const char *ends, char *out, size_t size)
{
	if (r->end == ':')
		r->end = scan_field(r->scan, ends, out, size);
	else
		r->bad = 1;
}

static void name_field(struct row *r, char out[NAME_SIZE])
{
	field(r, ":\n", out, NAME_SIZE);
	r->bad |= *out == '\0' || *out == '+' || *out == '-'; /* "+" and "-" are entries of NIS */
}

static void id_field(struct row *r, unsigned *id)
{
	char word[ID_SIZE] = "";
	long long number = 0;

	field(r, ":\n", word, sizeof word);
	r->bad |= text_number(word, 0, ID_MAX, &number) < 0;
	*id = (unsigned)number;
}

/* The user to find: by name, by uid, or (both NULL) any. */
struct user_search {
	const char *name;
	const uid_t *uid;
	struct lookup_user *user;
};

static int find_user(struct scan *s, void *arg)
{
	const struct user_search *wanted = arg;
	struct lookup_user *user = wanted->user;
	struct row r = { .scan = s };

	do {
		begin(&r);
		name_field(&r, user->name);
		field(&r, ":\n", NULL, 0);
		id_field(&r, &user->uid);
		id_field(&r, &user->gid);
		field(&r, ":\n", NULL, 0);
		field(&r, ":\n", user->home, sizeof user->home);
		field(&r, "\n", user->shell, sizeof user->shell);
		if (!r.bad && (wanted->name == NULL || strcmp(user->name, wanted->name) == 0) &&
		    (wanted->uid == NULL || user->uid == *wanted->uid))
			return 0;
	} while (r.end != '\0');
	return -ENOENT;
}

struct group_search {
	const char *name; /* NULL: any */
	gid_t *gid;
};

static int find_group(struct scan *s, void *arg)
{
	const struct group_search *wanted = arg;
	struct row r = { .scan = s };
	char name[NAME_SIZE];

	do {
		begin(&r);
		name_field(&r, name);
		field(&r, ":\n", NULL, 0);
		id_field(&r, wanted->gid);
		field(&r, "\n", NULL, 0);
		if (!r.bad && (wanted->name == NULL || strcmp(name, wanted->name) == 0))
			return 0;
	} while (r.end != '\0');
	return -ENOENT;
}

/* ---- the look-ups */

int lookup_user(struct lookup_user *user, const char *name)
{
	/* Accept any name in the answer: asked for Ann, a directory may answer with
	 * ann. */
	struct user_search any = { .user = user }, named = { .name = name, .user = user };
	int r = is_askable(name) ? getent_ask("passwd", name, find_user, &any) : -ENOSYS;

	return r == -ENOSYS ? read_file("/etc/passwd", find_user, &named) : r;
}

/* Tries the file first: dsig list looks up the owner of each daemon, and nearly all
 * of these are in the file. */
int lookup_user_id(struct lookup_user *user, uid_t uid)
{
	struct user_search wanted = { .uid = &uid, .user = user };
	char key[ID_SIZE];
	struct text t;
	int r = read_file("/etc/passwd", find_user, &wanted);

	if (r != -ENOENT)
		return r;
	text_begin(&t, key, sizeof key);
	text_num(&t, uid);
	r = getent_ask("passwd", key, find_user, &wanted);
	return r == -ENOSYS ? -ENOENT : r;
}

int lookup_group(gid_t *gid, const char *name)
{
	struct group_search any = { .gid = gid }, named = { .name = name, .gid = gid };
	int r = is_askable(name) ? getent_ask("group", name, find_group, &any) : -ENOSYS;

	return r == -ENOSYS ? read_file("/etc/group", find_group, &named) : r;
}

/* ---- the groups of a user */

struct list {
	const char *name;
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

/* Parses "NAME GID GID..."; the names of some directories contain blanks. */
static int read_list(struct scan *s, void *arg)
{
	struct list *l = arg;
	const char *at = l->name;
	char word[NAME_SIZE], end = ' ';

	for (size_t len; at != NULL; at = at[len] != '\0' ? at + len + 1 : NULL) {
		len = strcspn(at, " ");
		if (end != ' ')
			return -EIO;
		end = scan_field(s, " \n", word, sizeof word);
		if (!text_is(word, at, len))
			return -EIO;
	}
	while (end == ' ') {
		long long gid;

		end = scan_field(s, " \n", word, sizeof word);
		if (*word == '\0')
			continue;
		if (text_number(word, 0, ID_MAX, &gid) < 0)
			return -EIO;
		list_add(l, (gid_t)gid);
	}
	return end == '\n' ? 0 : -EIO;
}

static int find_member(struct scan *s, void *arg)
{
	struct list *l = arg;
	struct row r = { .scan = s };
	char name[NAME_SIZE];
	gid_t gid;

	do {
		begin(&r);
		name_field(&r, name);
		field(&r, ":\n", NULL, 0);
		id_field(&r, &gid);
		if (r.bad)
			field(&r, "\n", NULL, 0);
		while (r.end == ':' || r.end == ',') {
			r.end = scan_field(s, ",\n", name, sizeof name);
			if (strcmp(name, l->name) == 0)
				list_add(l, gid);
		}
	} while (r.end != '\0');
	return 0;
}

int lookup_groups(const char *name, gid_t first, gid_t *groups, int *count)
{
	struct list list = { .name = name, .groups = groups, .room = *count };
	int r = -ENOSYS;

	list_add(&list, first);
	/* a number is allowed here: initgroups takes only names */
	if (*name != '-')
		r = getent_ask("initgroups", name, read_list, &list);
	if (r == -ENOSYS)
		r = read_file("/etc/group", find_member, &list);
	if (r == -ENOENT) /* no entry, or no file: no further groups */
		r = 0;
	*count = list.count;
	return r == 0 && list.count > list.room ? -ERANGE : r;
}
