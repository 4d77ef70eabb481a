/* SPDX-License-Identifier: MIT */
#include "pidfile/locks.h"

#include "base/process.h"
#include "base/scan.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>

/* ---- whose locks count */

/* Both its ids must be root's, the owner's or ours: a set-user-ID program keeps
 * the locks of who executes it. */
static int is_entitled(uid_t real, uid_t effective, const struct sys_stat *file)
{
	const uid_t ours = sys_geteuid();

	return (real == 0 || real == file->uid || real == ours) &&
	       (effective == 0 || effective == file->uid || effective == ours);
}

/* Order matters: a daemon maps the file, then closes the descriptor. */
static int has_file(pid_t pid, const struct sys_stat *file)
{
	char path[PROCESS_PATH];
	struct sys_stat open_file;
	char *line, *field[6];
	const char *name;
	struct scan s;
	int found = 0;

	process_path(path, pid, "fd");
	if (scan_open(&s, path) < 0)
		return 1; /* it is not for us to see */
	while (!found && (name = scan_entry(&s)) != NULL)
		found = sys_stat(s.fd, name, 0, &open_file) == 0 && sys_same(&open_file, file);
	scan_close(&s);
	process_path(path, pid, "maps");
	if (found || scan_open(&s, path) < 0)
		return found;
	while (!found && (line = scan_line(&s)) != NULL) {
		unsigned count = text_fields(line, field, 6);
		const char *inode = field[4];

		found = count > 4 && text_digits(&inode, 10) == file->ino;
	}
	scan_close(&s);
	return found;
}

/* A process that lives and cannot be looked at is believed. */
static int counts(pid_t pid, const struct sys_stat *file)
{
	uid_t real, effective;

	if (process_owner(pid, &real, &effective) < 0)
		return sys_kill(pid, 0) != -ESRCH;
	return is_entitled(real, effective, file) && has_file(pid, file);
}

static void add(struct locks *l, pid_t pid, pid_t wanted, const struct sys_stat *file)
{
	if (pid == l->holder || pid == l->stranger)
		return;
	if (!counts(pid, file))
		l->stranger = pid;
	else if (l->holder <= 0 || pid == wanted)
		l->holder = pid;
}

/* ---- /proc/locks: "1: POSIX  ADVISORY  WRITE 1234 fe:00:131 0 EOF" */

enum { KIND = 1, PID = 4, FILE_ID = 5, FIELDS = 8 };

/* "MAJOR:MINOR:INODE", the first two in hexadecimal. */
static int names(const char *id, const struct sys_stat *file)
{
	uint64_t device = text_digits(&id, 16) << 32;

	id += *id == ':';
	device |= text_digits(&id, 16);
	id += *id == ':';
	return text_digits(&id, 10) == file->ino && device == file->dev;
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
	holder = *pid == '-' ? 0 : (pid_t)text_digits(&pid, 10);
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
	int r = sys_flock(fd, LOCK_EX | LOCK_NB);

	if (r == 0)
		(void)sys_flock(fd, LOCK_UN);
	return r == -EAGAIN; /* NFS has another answer for who only reads */
}

/* Somebody is in the way of our record lock, the kernel names one: 0 is a process
 * outside our pid namespace, and a negative number no process of ours, but an
 * open file description, or another machine's. The list has them all but for
 * these. One that does not have who is named has other numbers for the file's
 * system, as on btrfs, and somebody else may be behind him. */
static void merge(int fd, pid_t named, const struct locks *listed, struct locks *record)
{
	pid_t writer;

	if (record->holder == 0)
		record->holder = listed->holder;
	if (record->stranger == 0)
		record->stranger = listed->stranger;
	if (record->holder == 0 &&
	    (listed->stranger == 0 || named == 0 ||
	     (named < 0 && sys_lock_holder(fd, F_RDLCK, &writer) > 0))) /* who may write */
		record->holder = LOCKS_UNSEEN;
}

void locks_look(int fd, const struct sys_stat *file, pid_t wanted, struct locks *record,
                struct locks *flock)
{
	struct locks listed = { 0, 0 };
	pid_t named;
	int held = sys_lock_holder(fd, F_WRLCK, &named) > 0;

	*record = *flock = (struct locks){ 0, 0 };
	if (held && named > 0)
		add(record, named, wanted, file);
	if (record->holder > 0 && (record->holder == wanted || wanted == 0))
		return; /* the kernel's first word settles it */
	if (!read_list(file, wanted, &listed, flock) ||
	    (flock->holder == 0 && flock->stranger == 0))
		if (is_flocked(fd))
			flock->holder = LOCKS_UNSEEN;
	if (held)
		merge(fd, named, &listed, record);
}
