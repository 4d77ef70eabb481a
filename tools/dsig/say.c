/* SPDX-License-Identifier: MIT */
#include "say.h"

#include "base/error.h"
#include "base/process.h"
#include "base/signals.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int write_error; /* errno of the first failed write; 0: none */

const char *say_signal(struct word *w, int signal)
{
	struct text t;

	text_begin(&t, w->text, sizeof w->text);
	signals_name(&t, signal);
	return w->text;
}

const char *say_number(struct word *w, long long number)
{
	struct text t;

	text_begin(&t, w->text, sizeof w->text);
	text_num(&t, number);
	return w->text;
}

const char *say_daemon(struct word *w, const struct target *target)
{
	struct text t;

	text_begin(&t, w->text, sizeof w->text);
	text_str(&t, target->name);
	text_str(&t, " (pid ");
	text_num(&t, target->view.pid);
	text_str(&t, ")");
	return w->text;
}

const char *say_process(struct word *w, pid_t pid)
{
	char path[PROCESS_PATH], name[64];
	struct text t;
	ssize_t n;

	process_path(path, pid, "comm");
	n = sys_read_file(path, name, sizeof name);
	text_begin(&t, w->text, sizeof w->text);
	text_num(&t, pid);
	if (n > 1) {
		name[n - 1] = '\0';
		text_str(&t, " (");
		text_shown(&t, name);
		text_str(&t, ")");
	}
	return w->text;
}

int say_bytes(const void *bytes, size_t size)
{
	ssize_t n = sys_write_all(STDOUT_FILENO, bytes, size);

	if (n >= 0)
		return 0;
	write_error = write_error == 0 ? (int)-n : write_error;
	return (int)n;
}

int say_failed(void)
{
	return write_error != 0;
}

void say_join(const char *const *parts)
{
	struct word w;
	struct text t;
	size_t len;

	text_begin(&t, w.text, sizeof w.text - 1);
	for (; *parts != NULL; parts++)
		text_str(&t, *parts);
	len = text_tame(w.text, (size_t)(t.at - t.start), "\t");
	w.text[len++] = '\n';
	(void)say_bytes(w.text, len);
}

int say_end(int status)
{
	if ((fflush(stdout) != 0 || ferror(stdout)) && write_error == 0)
		write_error = errno;
	if (write_error == 0)
		return status;
	report_line("unable to write to standard output: ", error_text(write_error));
	return status > STATUS_IOERR ? status : STATUS_IOERR;
}
