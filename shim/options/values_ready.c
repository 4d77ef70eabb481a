/* SPDX-License-Identifier: MIT */
/* The part of values.h that is about readiness. */
#include "options/values.h"

#include <string.h>

#define PORT_MAX 65535
#define READY_FD_MAX 255 /* our own are usually far above */

int value_listen(const char *text, void *field)
{
	struct listen_want *want = field;
	long long port;

	if (*text == '\0') {
		*want = (struct listen_want){ .kind = LISTEN_ANY };
		return 0;
	}
	if (*text++ == '=') {
		if (text_number(text, 1, PORT_MAX, &port) == 0) {
			*want = (struct listen_want){ .kind = LISTEN_PORT, .port = (unsigned)port };
			return 0;
		}
		if ((strchr(text, '/') != NULL || (text[0] == '@' && text[1] != '\0')) &&
		    strlen(text) < PATH_MAX) {
			*want = (struct listen_want){ .kind = LISTEN_UNIX, .path = text };
			return 0;
		}
	}
	return -1;
}

int value_ready(const char *text, void *field)
{
	struct ready_want *want = field;

	if (strcmp(text, "settled") == 0) {
		want->kind = READY_SETTLED;
	} else if (strcmp(text, "main") == 0) {
		want->kind = READY_MAIN;
	} else if (strcmp(text, "notify") == 0) {
		want->kind = READY_NOTIFY;
	} else if (strncmp(text, "alive=", 6) == 0) {
		if (value_seconds(text + 6, &want->alive_ms) < 0)
			return -1;
		want->kind = READY_ALIVE;
	} else if (strncmp(text, "fd=", 3) == 0) {
		long long fd;

		if (text_number(text + 3, 3, READY_FD_MAX, &fd) < 0)
			return -1;
		want->line_fd = (int)fd;
		want->kind = READY_LINE;
	} else if (strncmp(text, "listen", 6) == 0) {
		if (value_listen(text + 6, &want->listen) < 0)
			return -1;
		want->kind = READY_LISTEN;
	} else {
		return -1;
	}
	return 0;
}

int value_forks(const char *text, void *field)
{
	struct forks_want *want = field;

	if (strcmp(text, "auto") == 0) {
		want->kind = FORKS_AUTO;
	} else if (strcmp(text, "0") == 0) {
		want->kind = FORKS_NEVER;
	} else if (strcmp(text, "1") == 0) {
		want->kind = FORKS_MUST;
	} else {
		if (*text != '/' || value_path(text, &want->path) < 0)
			return -1;
		want->kind = FORKS_FILE;
	}
	return 0;
}
