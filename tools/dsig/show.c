/* SPDX-License-Identifier: MIT */
#include "show.h"

#include "base/instance.h"
#include "deliver.h"
#include "escape.h"
#include "facts.h"
#include "guard.h"
#include "session.h"
#include "table.h"
#include "target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One daemon, with storage for its strings. */
struct row {
	struct target target;
	struct facts facts;
	int known; /* it runs, and the pid file may be trusted */
	char reason[PATH_MAX + 256];
};

static int status_of(enum pidfile_state state)
{
	switch (state) {
	case PIDFILE_RUNNING:
	case PIDFILE_UNLOCKED:
		return STATUS_OK;
	case PIDFILE_STALE:
		return STATUS_STALE;
	case PIDFILE_STOPPED:
		return STATUS_STOPPED;
	default:
		return STATUS_UNKNOWN;
	}
}

/* Workers that outlive their daemon keep its ports in use. */
static void add_remains(const struct pidfile_view *v, struct text *reason)
{
	struct session left;

	session_remains(&left, v->pid, &v->file);
	if (left.count > 0) {
		text_str(reason, "; perhaps left of it: ");
		session_text(&left, reason);
	}
	session_end(&left);
}

/* Inspects one daemon; starts over if it ends meanwhile, because the facts may be
 * those of another process with the same pid. */
static void inspect(struct row *r)
{
	struct pidfile_view *v = &r->target.view;
	struct failure why = { 0 };
	struct text reason;

	do {
		target_close(&r->target);
		pidfile_inspect(r->target.path, v);
		r->known = v->state == PIDFILE_RUNNING || v->state == PIDFILE_UNLOCKED;
		if (r->known && guard_file(&r->target, &why) < 0) {
			r->known = 0;
			v->state = PIDFILE_UNKNOWN;
		}
		if (r->known)
			facts_gather(&r->facts, v->pid, v->start_ticks);
	} while (r->known && deliver_await_end(deliver_to(v), 0) > 0);
	text_begin(&reason, r->reason, sizeof r->reason);
	text_str(&reason, *why.text != '\0' ? why.text : v->why);
	if (v->state == PIDFILE_STALE)
		add_remains(v, &reason);
	target_close(&r->target);
}

/* ---- JSON */

static void json_string(const char *key, const char *value)
{
	printf(",\"%s\":", key);
	escape_json(stdout, value != NULL && *value != '\0' ? value : NULL);
}

static void json_number(const char *key, long long value)
{
	if (value >= 0)
		printf(",\"%s\":%lld", key, value);
	else
		printf(",\"%s\":null", key);
}

static const char *time_utc(char *buf, size_t size, time_t when)
{
	struct tm t;

	if (when < 0 || gmtime_r(&when, &t) == NULL)
		return "";
	return strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &t) > 0 ? buf : "";
}

static void print_json(const struct row *r)
{
	const struct target *t = &r->target;
	const struct facts *f = &r->facts;
	char when[64];

	printf("{\"name\":");
	escape_json(stdout, t->name);
	json_string("state", pidfile_state_name(t->view.state));
	json_string("evidence", evidence_name(t->view.evidence));
	json_number("pid", r->known ? t->view.pid : -1);
	json_string("pidfile", t->path);
	json_string("program", f->program);
	json_string("user", f->user);
	json_string("started", time_utc(when, sizeof when, f->started));
	json_number("rss_bytes", f->rss_bytes);
	json_string("logfile", f->logfile);
	json_string("reason", r->reason);
	puts("}");
}

/* ---- table */

static const char *time_local(char *buf, size_t size, time_t when)
{
	struct tm t;

	if (when < 0 || localtime_r(&when, &t) == NULL)
		return "";
	return strftime(buf, size, "%Y-%m-%d %H:%M:%S", &t) > 0 ? buf : "";
}

static const char *memory_text(char *buf, size_t size, long long bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	unsigned unit = 0;
	double n = (double)bytes / 1024;

	if (bytes < 0)
		return "";
	for (; n >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
		n /= 1024;
	snprintf(buf, size, "%.*f %s", n < 10 && unit > 0, n, units[unit]);
	return buf;
}

static enum table_colour colour_of(enum pidfile_state state)
{
	switch (state) {
	case PIDFILE_RUNNING:
		return TABLE_GREEN;
	case PIDFILE_STARTING:
	case PIDFILE_UNLOCKED:
		return TABLE_YELLOW;
	case PIDFILE_STOPPED:
		return TABLE_PLAIN;
	default:
		return TABLE_RED;
	}
}

static void add_row(struct table *table, const struct row *r)
{
	const struct target *t = &r->target;
	const struct facts *f = &r->facts;
	char pid[24] = "", memory[32], when[64], file[sizeof t->path + sizeof r->reason + 8];

	if (r->known)
		snprintf(pid, sizeof pid, "%d", (int)t->view.pid);
	snprintf(file, sizeof file, *r->reason != '\0' ? "%s (%s)" : "%s", t->path, r->reason);
	table_add(table, colour_of(t->view.state),
	          (const char *const[]){ t->name, pidfile_state_name(t->view.state), pid, f->user,
	                                 time_local(when, sizeof when, f->started),
	                                 memory_text(memory, sizeof memory, f->rss_bytes),
	                                 f->program, f->logfile, file, NULL });
}

/* ---- both */

struct rows {
	int json;
	struct table table;
};

static void rows_begin(struct rows *rows, const struct cmdline *o)
{
	static const char *const head[] = { "NAME",   "STATE",   "PID", "USER",    "SINCE",
		                            "MEMORY", "PROGRAM", "LOG", "PIDFILE", NULL };
	/* SINCE, MEMORY, USER, PROGRAM, LOG */
	static const unsigned char spare[] = { 4, 5, 3, 6, 7, 0 };

	rows->json = o->json;
	table_begin(&rows->table, head, 1, spare);
}

/* Inspects one pid file; prints JSON at once, but a table only when all widths are
 * known. Returns its status. */
static int rows_add(struct rows *rows, struct row *r)
{
	r->target.view.pidfd = -1;
	r->facts = (struct facts){ .started = -1, .rss_bytes = -1 };
	inspect(r);
	if (rows->json)
		print_json(r);
	else
		add_row(&rows->table, r);
	return status_of(r->target.view.state);
}

static void rows_end(struct rows *rows)
{
	if (!rows->json)
		table_print(&rows->table);
	table_end(&rows->table);
}

int show_status(const struct cmdline *o)
{
	static struct row row;
	struct rows rows;
	int largest = STATUS_OK;

	rows_begin(&rows, o);
	for (unsigned i = 0; i < o->count; i++) {
		struct failure why;
		int status = STATUS_USAGE;

		if (target_from_operand(&row.target, &o->operands[i], o->directory, &why) == 0)
			status = rows_add(&rows, &row);
		else
			report_failure(&why);
		largest = status > largest ? status : largest;
	}
	rows_end(&rows);
	return largest;
}

/* ---- list */

static int is_pidfile(const struct dirent *entry)
{
	return text_ends(entry->d_name, INSTANCE_SUFFIX) && entry->d_type != DT_DIR;
}

static void list_directory(struct rows *rows, const char *directory)
{
	static struct row row;
	struct dirent **entries;
	int n = scandir(directory, &entries, is_pidfile, versionsort);

	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];
		struct failure why;

		if (snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name) <
		            (int)sizeof path &&
		    target_from_path(&row.target, path, &why) == 0)
			rows_add(rows, &row);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

int show_list(const struct cmdline *o)
{
	struct rows rows;
	const char *directory;

	rows_begin(&rows, o);
	for (unsigned i = 0; (directory = target_directory(o->directory, i)) != NULL; i++)
		list_directory(&rows, directory);
	rows_end(&rows);
	return STATUS_OK;
}
