/* SPDX-License-Identifier: MIT */
#include "base/report.h"

#include "base/error.h"
#include "base/signals.h"
#include "base/sys.h"
#include "base/text.h"

#include <sys/wait.h>
#include <unistd.h>

__attribute__((weak)) const char report_name[16] = "libdaemonize";

int failure_join(struct failure *f, int status, int error, const char *const *parts)
{
	struct text t;

	f->status = status;
	f->error = error;
	text_begin(&t, f->text, sizeof f->text);
	for (; *parts != NULL; parts++)
		text_str(&t, *parts);
	return -1;
}

static void write_line(const char *before, const char *const *parts)
{
	char line[PATH_MAX + 512];
	struct text t;
	size_t len;

	text_begin(&t, line, sizeof line - 1);
	text_str(&t, report_name);
	text_str(&t, ": ");
	text_str(&t, before);
	for (; *parts != NULL; parts++)
		text_str(&t, *parts);
	len = text_tame(line, (size_t)(t.at - line), "\t");
	line[len++] = '\n';
	(void)sys_write_all(STDERR_FILENO, line, len);
}

void report_join(const char *const *parts)
{
	write_line("", parts);
}

void report_timed(int microseconds, const char *const *parts)
{
	char before[48];
	struct text t;

	text_begin(&t, before, sizeof before);
	for (int unit = 1000; unit > 1 && microseconds / 1000 < unit; unit /= 10)
		text_str(&t, " ");
	text_num(&t, microseconds / 1000);
	text_str(&t, ".");
	text_mem(&t, &"0123456789"[microseconds / 100 % 10], 1);
	text_mem(&t, &"0123456789"[microseconds / 10 % 10], 1);
	text_str(&t, " ms: ");
	write_line(before, parts);
}

void report_failure(const struct failure *f)
{
	if (f->error != 0)
		report_line(f->text, ": ", error_text(f->error));
	else
		report_line(f->text);
}

void report_ending(struct text *t, int wait_status)
{
	if (WIFSIGNALED(wait_status)) {
		text_str(t, "was killed by ");
		signals_name(t, WTERMSIG(wait_status));
		if (WCOREDUMP(wait_status))
			text_str(t, " (core dumped)");
	} else {
		text_str(t, "ended with status ");
		text_num(t, WEXITSTATUS(wait_status));
	}
}
