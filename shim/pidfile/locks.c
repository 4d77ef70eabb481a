/* SPDX-License-Identifier: MIT */
#include "pidfile/locks.h"

#include "base/process.h"
#include "base/scan.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>

/* Does a lock of this process count? Both its ids must be root's or the
 * owner's: a set-user-ID program keeps the locks of who executes it. A process
 * that lives and cannot be looked at is believed. */
static int counts(pid_t pid, const struct sys_stat *file)
{
	uid_t real, effective;

	if (process_owner(pid, &real, &effective) < 0)
		return sys_kill(pid, 0) != -ESRCH;
	return (real == 0 || real == file->uid) && (effective == 0 || effective == file->uid);
}

static void add(struct locks *l, pid_t pid, pid_t wanted, const struct sys_stat *file)
{
	if (!counts(pid, file))
		l->stranger = pid;
	else if (l->holder <= 0 || pid == wanted)
		l->holder = pid;
}

/* ---- /proc/locks: "1: POSIX  ADVISORY  WRITE 1234 fe:00:131 0 EOF" */

enum { KIND = 1, PID = 4, FILE_ID = 5, FIELDS = 8 };

static uint64_t number(const char **s, unsigned base)
{
	uint64_t n = 0;

	for (;; (*s)++) {
		char c = **s;
		unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
		                 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
		                                        : 16;

		if (digit >= base)
			return n;
		n = n * base + digit;
	}
}

/* "MAJOR:MINOR:INODE", the first two in hexadecimal. */
static int names(const char *id, const struct sys_stat *file)
{
	uint64_t device = number(&id, 16) << 32;

	id += *id == ':';
	device |= number(&id, 16);
	id += *id == ':';
	return number(&id, 10) == file->ino && device == file->dev;
}

/* Splits at blanks; waiters, which have an arrow after the number, have none
 * of the fields where they are expected. */
static void take_line(char *line, const struct sys_stat *file, pid_t wanted, struct locks *record,
                      struct locks *flock)
{
	char *field[FIELDS];
	unsigned count = text_fields(line, field, FIELDS);
	const char *pid;
	struct locks *l;
	pid_t holder;

	if (count < FIELDS - 1 || !names(field[FILE_ID], file))
		return;
	l = strcmp(field[KIND], "FLOCK") == 0 ? flock : record;
	pid = field[PID];
	holder = *pid == '-' ? 0 : (pid_t)number(&pid, 10);
	if (holder == 0)
		l->stranger = l->stranger != 0 ? l->stranger : LOCKS_UNSEEN;
	else if (holder != sys_getpid())
		add(l, holder, wanted, file);
}

/* Returns whether there is such a list. */
static int read_list(const struct sys_stat *file, pid_t wanted, struct locks *record,
                     struct locks *flock)
{
	struct scan s;
	char *line;

	if (scan_open(&s, "/proc/locks") < 0)
		return 0;
	while ((line = scan_line(&s)) != NULL)
		take_line(line, file, wanted, record, flock);
	scan_close(&s);
	return 1;
}

/* Is there a flock at all? Our own would share the descriptor. */
static int is_flocked(int fd)
{
	if (sys_flock(fd, LOCK_EX | LOCK_NB) < 0)
		return 1;
	(void)sys_flock(fd, LOCK_UN);
	return 0;
}

void locks_look(int fd, const struct sys_stat *file, pid_t wanted, struct locks *record,
                struct locks *flock)
{
	struct locks listed = { 0, 0 };
	pid_t holder;
	int held = sys_lock_holder(fd, F_WRLCK, &holder) > 0;

	*record = *flock = (struct locks){ 0, 0 };
	if (held && holder > 0)
		add(record, holder, wanted, file);
	if (record->holder > 0 && (record->holder == wanted || wanted == 0))
		return; /* the usual case: the kernel's first word settles it */
	if (!read_list(file, wanted, &listed, flock) ||
	    (flock->holder == 0 && flock->stranger == 0))
		if (is_flocked(fd))
			flock->holder = LOCKS_UNSEEN;
	/* The list has no lock that is held outside our pid namespace, where 0
	 * is the holder; and an open file description's has nobody to name. */
	if (listed.holder > 0)
		record->holder = listed.holder;
	else if (held && holder == 0 && record->holder == 0)
		record->holder = LOCKS_UNSEEN;
	if (record->stranger == 0)
		record->stranger = held && holder < 0 ? LOCKS_UNSEEN : listed.stranger;
}
