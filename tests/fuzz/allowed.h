/* SPDX-License-Identifier: MIT */
/* allowed - what libdaemonize(7) says that a value may be, by other means than
 * the parsers': nothing else is in options that have been accepted. */
#ifndef ALLOWED_H
#define ALLOWED_H

#include "fuzz.h"

#include "shim/options/options.h"

#include <signal.h>

static inline void allowed_text(const char *s)
{
	for (; *s != '\0'; s++)
		MUST((unsigned char)*s >= 0x20 && *s != 0x7F);
}

static inline void allowed_path(const char *s)
{
	MUST(strlen(s) < PATH_MAX);
	allowed_text(s);
}

static inline void allowed_destination(const struct destination *d)
{
	switch (d->kind) {
	case TO_FILE:
		MUST(*d->arg != '\0');
		allowed_path(d->arg);
		break;
	case TO_COMMAND:
		MUST(*d->arg != '\0' && strlen(d->arg) < PATH_MAX);
		break;
	default:
		MUST(d->kind >= TO_UNSET && d->kind <= TO_COMMAND);
	}
}

/* Before options_finish as well as after. */
static inline void allowed_options(const struct options *o)
{
	const int *flags[] = { &o->on, &o->clearenv, &o->linebuf, &o->verbose, &o->foreground };

	for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++)
		MUST(*flags[i] == 0 || *flags[i] == 1);
	for (const char *c = o->name; *c != '\0'; c++)
		MUST(strchr("_.@-", *c) != NULL || (*c >= '0' && *c <= '9') ||
		     (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z'));
	MUST(*o->name != '.' && *o->name != '-' && strlen(o->name) <= NAME_MAX - 4);
	allowed_path(o->pidfile);
	allowed_path(o->chroot);
	allowed_path(o->envfile);
	allowed_path(o->workdir);
	allowed_destination(&o->logfile);
	allowed_destination(&o->out);
	allowed_destination(&o->err);
	allowed_destination(&o->in);
	MUST(o->in.kind == TO_UNSET || o->in.kind == TO_NULL || o->in.kind == TO_FILE ||
	     (o->in.kind == TO_INHERIT && o->foreground));
	MUST(o->stop.count <= SCHEDULE_MAX);
	for (unsigned i = 0; i < o->stop.count; i++)
		MUST(o->stop.step[i].signal > 0 && o->stop.step[i].ms >= -1);
	MUST(o->pidfile_mode >= 0 && o->pidfile_mode <= 07777);
	MUST(o->logfile_mode >= 0 && o->logfile_mode <= 07777);
	MUST(o->umask >= -1 && o->umask <= 0777);
	MUST(o->timeout_ms > 0);
	if (o->user != NULL) {
		MUST(*o->user != '\0');
		allowed_text(o->user);
	}
	if (o->argv0 != NULL)
		allowed_text(o->argv0);
	MUST(o->reopen >= 0 && o->reopen <= SIGRTMAX);
	MUST(o->reopen != SIGKILL && o->reopen != SIGSTOP);
	MUST(o->keep.count >= 0 && o->keep.count <= KEEP_MAX);
	for (int i = 0; i < o->keep.count; i++)
		MUST(o->keep.fd[i] >= 3);
	MUST(o->ready.kind != READY_ALIVE || o->ready.alive_ms > 0);
}

#endif
