/* SPDX-License-Identifier: MIT */
#include "pidfile/locks.h"

#include "base/process.h"
#include "base/scan.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>

/* ---- whose locks count */

/* Both ids must be root's, the owner's or ours: a set-user-ID program keeps the
 * locks of the user who executes it. */
static int is_entitled(uid_t real, uid_t effective, const struct sys_stat *file)
{
	const uid_t ours = sys_geteuid();

	return (real == 0 || real == file->uid || real == ours) &&
	       (effective == 0 || effective == file->uid || effective == ours);
}

/* Looks at descriptors before mappings, because a daemon maps the file and then
 * closes the descriptor. */
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
		return 1; /* we may not look, and assume so */
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

/* Does a lock of process pid count? If the process lives and we may not look at it,
 * we assume so. */
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

/* Does id, "MAJOR:MINOR:INODE" with two hexadecimal numbers first, mean this file? */
static int names(const char *id, const struct sys_stat *file)
{
	uint64_t device = text_digits(&id, 16) << 32;

	id += *id == ':';
	device |= text_digits(&id, 16);
	id += *id == ':';
	return text_digits(&id, 10) == file->ino && device == file->dev;
}

/* Adds the holder of the lock in line. The line of a waiter has an additional "->"
 * field, so its fields do not match. */
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

/* Returns whether the list could be read. */
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

/* Does another open file description hold a flock? A flock held through fd itself
 * would be dropped. */
static int is_flocked(int fd)
{
	int r = sys_flock(fd, LOCK_EX | LOCK_NB);

	if (r == 0)
		(void)sys_flock(fd, LOCK_UN);
	return r == -EAGAIN; /* NFS fails differently on a read-only descriptor */
}

/* Called when a record lock conflicts with ours. The kernel has named one holder: a
 * pid, 0 for a process outside our pid namespace, or a negative number for an open
 * file description or another machine. The list has all holders except the last two
 * kinds. If it lacks the one that was named, it gives the file system other device
 * numbers, as for btrfs, and there may be further holders that we do not see. */
static void merge(int fd, pid_t named, const struct locks *listed, struct locks *record)
{
	pid_t writer;

	if (record->holder == 0)
		record->holder = listed->holder;
	if (record->stranger == 0)
		record->stranger = listed->stranger;
	if (record->holder == 0 &&
	    (listed->stranger == 0 || named == 0 ||
	     (named < 0 && sys_lock_holder(fd, F_RDLCK, &writer) > 0))) /* it may write the file */
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
		return; /* the holder that the kernel named is enough */
	if (!read_list(file, wanted, &listed, flock) ||
	    (flock->holder == 0 && flock->stranger == 0))
		if (is_flocked(fd))
			flock->holder = LOCKS_UNSEEN;
	if (held)
		merge(fd, named, &listed, record);
}
