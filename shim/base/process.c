/* SPDX-License-Identifier: MIT */
#include "base/process.h"

#include "base/scan.h"
#include "base/sys.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

/* The unit of times in /proc/PID/stat, whatever the kernel's own HZ. */
#define TICKS_A_SECOND 100
#define TICKS_MAX ((uint64_t)INT32_MAX * TICKS_A_SECOND) /* nanoseconds of it fit */

/* Flags of the kernel's include/linux/sched.h. */
#define PF_EXITING 0x4
#define PF_KTHREAD 0x200000

void process_path(char out[PROCESS_PATH], pid_t pid, const char *file)
{
	struct text t;

	text_begin(&t, out, PROCESS_PATH);
	text_str(&t, "/proc/");
	text_num(&t, pid);
	text_str(&t, "/");
	text_str(&t, file);
}

/* ---- /proc/PID/stat */

/* The fields that are read, numbered as in proc_pid_stat(5). */
enum { PARENT = 4, SESSION = 6, TERMINAL, FLAGS = 9, UTIME = 14, STIME, THREADS = 20, START = 22 };

static int64_t next_number(const char **s)
{
	const char *minus = *s + strspn(*s, " ");
	int64_t number;

	*s = *minus == '-' ? minus + 1 : minus;
	number = (int64_t)text_digits(s, 10);
	return *minus == '-' ? -number : number;
}

int process_parse_stat(const char *text, struct process_stat *out)
{
	const char *s = strrchr(text, ')'); /* the name may contain some itself */
	int64_t field[START + 1] = { 0 };
	uint64_t worked;
	int alone;

	if (s == NULL || s[1] != ' ' || s[2] == '\0')
		return -ESRCH; /* the process ended during the read */
	out->state = s[2];
	s += 3;
	for (int i = PARENT; i <= START; i++)
		field[i] = next_number(&s);
	worked = (uint64_t)field[UTIME] + (uint64_t)field[STIME];
	out->parent = (pid_t)field[PARENT];
	out->session = (pid_t)field[SESSION];
	out->terminal = field[TERMINAL] != 0;
	out->kernel = (field[FLAGS] & PF_KTHREAD) != 0;
	out->worked_ms = (long long)(worked % TICKS_MAX * 1000 / TICKS_A_SECOND);
	out->threads = (unsigned)field[THREADS];
	out->start_ticks = (uint64_t)field[START];
	/* A process is shown as a zombie also if only its first thread has ended. */
	alone = out->threads <= 1;
	out->ended = alone && (out->state == 'Z' || out->state == 'X');
	out->ending = out->ended || (alone && (field[FLAGS] & PF_EXITING) != 0);
	return 0;
}

int process_stat(pid_t pid, struct process_stat *out)
{
	char path[PROCESS_PATH], buf[1024];
	ssize_t n;
	int fd;

	process_path(path, pid, "stat");
	fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	n = sys_read(fd, buf, sizeof buf - 1); /* one read(2) returns the whole file */
	sys_close(fd);
	if (n < 0)
		return (int)n;
	buf[n] = '\0';
	return process_parse_stat(buf, out);
}

/* Not computed from btime of /proc/stat, which counts whole seconds. Both clocks
 * are those of our time namespace, and so is the tick count. */
int64_t process_started(uint64_t start_ticks)
{
	const int64_t wall = sys_clock(CLOCK_REALTIME), boot = sys_clock(CLOCK_BOOTTIME);

	if (start_ticks > TICKS_MAX || wall == 0 || boot == 0)
		return 0;
	return wall - boot + (int64_t)start_ticks * (SYS_NSEC / TICKS_A_SECOND);
}

/* ---- /proc/PID/status */

/* Calls use(index of the key, value, out) for each of the keys in /proc/PID/status;
 * they must be in the file's order. Returns 0 if all were found, or -errno. */
typedef void use_value(int key, const char *value, void *out);

static int status_values(pid_t pid, const char *const *keys, use_value *use, void *out)
{
	char path[PROCESS_PATH], *line;
	struct scan status;
	int key = 0, r;

	process_path(path, pid, "status");
	r = scan_open(&status, path);
	if (r < 0)
		return r;
	while (keys[key] != NULL && (line = scan_line(&status)) != NULL) {
		size_t len = strlen(keys[key]);

		if (strncmp(line, keys[key], len) == 0)
			use(key++, line + len, out);
	}
	scan_close(&status);
	return keys[key] == NULL ? 0 : -ESRCH;
}

static void use_signals(int key, const char *value, void *out)
{
	struct process_signals *signals = out;
	uint64_t set = text_digits(&value, 16);

	if (key == 0)
		signals->blocked = set;
	else if (key == 1)
		signals->ignored = set;
	else
		signals->caught = set;
}

int process_signals(pid_t pid, struct process_signals *out)
{
	static const char *const keys[] = { "SigBlk:", "SigIgn:", "SigCgt:", NULL };

	return status_values(pid, keys, use_signals, out);
}

static void use_set(int key, const char *value, void *out)
{
	(void)key;
	*(uint64_t *)out = text_digits(&value, 16);
}

int process_pending(pid_t pid, uint64_t *out)
{
	static const char *const keys[] = { "ShdPnd:", NULL };

	return status_values(pid, keys, use_set, out);
}

struct activity {
	char state;
	uint64_t switches;
};

static void use_activity(int key, const char *value, void *out)
{
	struct activity *activity = out;

	if (key == 0)
		activity->state = value[strspn(value, " \t")];
	else
		activity->switches += text_digits(&value, 10);
}

int process_switches(pid_t thread, char *state, uint64_t *switches)
{
	static const char *const keys[] = { "State:", "voluntary_ctxt_switches:",
		                            "nonvoluntary_ctxt_switches:", NULL };
	struct activity activity = { .switches = 0 };
	int r = status_values(thread, keys, use_activity, &activity);

	*state = activity.state;
	*switches = activity.switches;
	return r;
}

static void use_owner(int key, const char *value, void *out)
{
	uid_t *ids = out;

	(void)key;
	ids[0] = (uid_t)text_digits(&value, 10);
	ids[1] = (uid_t)text_digits(&value, 10);
}

int process_owner(pid_t pid, uid_t *real, uid_t *effective)
{
	static const char *const keys[] = { "Uid:", NULL };
	uid_t ids[2];
	int r = status_values(pid, keys, use_owner, ids);

	if (r < 0)
		return r;
	*real = ids[0];
	*effective = ids[1];
	return 0;
}

ssize_t process_link(pid_t pid, const char *file, char *buf, size_t size)
{
	char path[PROCESS_PATH];
	ssize_t n;

	process_path(path, pid, file);
	n = sys_readlinkat(AT_FDCWD, path, buf, size - 1);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

int process_ending(pid_t pid)
{
	struct process_stat stat;

	/* Without /proc, only a missing process counts as gone. */
	return process_stat(pid, &stat) < 0 ? sys_kill(pid, 0) == -ESRCH : stat.ending;
}
