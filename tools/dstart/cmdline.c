/* SPDX-License-Identifier: MIT */
#include "cmdline.h"

#include "getopts.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define FLAG(member) offsetof(struct cmdline, member)

/* Options without a DAEMONIZE_* variable. */
static const struct getopts_row own_rows[] = {
	{ 'N', "dry-run", NULL, "check and show what would happen, start nothing", FLAG(dry_run) },
	{ 0, "print-pid", NULL, "print the daemon's pid", FLAG(print_pid) },
	{ 0, "replace", NULL, "stop the one that runs, and start anew", FLAG(replace) },
	{ 'h', "help", NULL, "show this help", FLAG(help) },
	{ 'V', "version", NULL, "show the version", FLAG(version) },
};
#define OWN_COUNT (sizeof own_rows / sizeof *own_rows)

/* All options: those of the library's table, then our own. */
struct rows {
	struct getopts_row row[GETOPTS_MAX];
	char name[GETOPTS_MAX][CMDLINE_LONG];
	const struct setting *setting[GETOPTS_MAX]; /* NULL: our own */
	unsigned count;
};

static char lower(char c)
{
	return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const char *cmdline_long(const struct setting *row, char *buffer)
{
	size_t len = strlen(row->name);

	/* dstart implies DAEMONIZE itself; rows without help are for dsig alone */
	if (len == 0 || len >= CMDLINE_LONG || row->help[0] == '\0')
		return NULL;
	for (size_t i = 0; i <= len; i++)
		buffer[i] = lower(row->name[i]);
	return buffer;
}

static const struct rows *all_rows(void)
{
	static struct rows rows;

	if (rows.count > 0)
		return &rows;
	for (unsigned i = 0; i < options_count; i++) {
		const struct setting *s = &options_table[i];
		const char *name = cmdline_long(s, rows.name[rows.count]);

		if (name == NULL)
			continue;
		rows.setting[rows.count] = s;
		rows.row[rows.count++] =
			(struct getopts_row){ s->letter, name, s->operand != NULL ? s->operand : "",
			                      s->help, 0 };
	}
	for (unsigned i = 0; i < OWN_COUNT; i++)
		rows.row[rows.count++] = own_rows[i];
	return &rows;
}

void cmdline_help(void)
{
	const struct rows *rows = all_rows();

	puts("Usage: dstart [OPTION]... [--] PROGRAM [ARG]...\n"
	     "Start PROGRAM as a daemon; return when it is ready, or say why it is not.\n");
	for (unsigned i = 0; i < rows->count; i++) {
		const struct getopts_row *r = &rows->row[i];
		const int has_value = r->operand != NULL && r->operand[0] != '\0';
		char left[80];

		(void)snprintf(left, sizeof left, "%c%c%c --%s%s%s", r->letter ? '-' : ' ',
		               r->letter ? r->letter : ' ', r->letter ? ',' : ' ', r->name,
		               has_value ? "=" : "", has_value ? r->operand : "");
		printf("  %-28s %s\n", left, r->help);
	}
	puts("\nEach option but the last five is the variable DAEMONIZE_OPTION, which may stand\n"
	     "in the environment instead. Exit status: 0 ready, 64 usage, 67 no such user,\n"
	     "69 died or not ready, 71 system error, 73 pid or log file, 74 output not\n"
	     "written, 75 already running, 77 not permitted, 78 bad value, 126 not executable,\n"
	     "127 not found. See dstart(1), libdaemonize(7).");
}

static int take(struct cmdline *own, struct options *o, const struct rows *rows,
                const struct getopts_given *g)
{
	const struct setting *s = rows->setting[g->row];

	if (s != NULL)
		return options_assign(o, s, g->as, g->value != NULL ? g->value : "1");
	*(int *)(void *)((char *)own + rows->row[g->row].flag) = 1;
	return 0;
}

int cmdline_read(struct cmdline *own, struct options *o, int argc, char **argv)
{
	const struct rows *rows = all_rows();
	const struct getopts table = { rows->row, rows->count, "+", "dstart" };
	struct getopts_given g;
	int wrong = 0, more;

	*own = (struct cmdline){ .program = NULL };
	while ((more = getopts_next(&table, argc, argv, &g)) != 0)
		if (more < 0 || take(own, o, rows, &g) < 0)
			wrong = -1;
	own->program = argv + optind;
	return wrong;
}
