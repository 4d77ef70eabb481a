/* SPDX-License-Identifier: MIT */
/* The parser of /proc/PID/stat, with what kernels write there. */
#include "base/process.h"

#include "check.h"

#include <errno.h>
#include <unistd.h>

#define AFTER_THREADS "0 4242 2703360 236 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17\n"

static const char running[] =
	"77 (a) Z) b) S 12 77 70 34816 77 4194304 99 0 0 0 3 4 0 0 20 -5 3 " AFTER_THREADS;
static const char zombie[] =
	"77 (d) Z 12 77 70 0 -1 4227084 99 0 0 0 3 4 0 0 20 0 1 " AFTER_THREADS;
/* seen of a process whose parent was waiting for it at that moment */
static const char reaped[] = "77 (d) X 0 -1 -1 0 -1 4227084 99 0 0 0 3 4 0 0 20 0 0 " AFTER_THREADS;
static const char first_thread[] =
	"77 (d) Z 12 77 70 0 -1 4227084 99 0 0 0 3 4 0 0 20 0 2 " AFTER_THREADS;
static const char exiting[] =
	"77 (d) R 12 77 70 0 -1 4194308 99 0 0 0 3 4 0 0 20 0 1 " AFTER_THREADS;
static const char kernel[] = "2 (k) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 -51 0 1 0 6 0 0\n";

static struct process_stat parse(const char *text)
{
	struct process_stat stat;

	CHECK_INT(0, process_parse_stat(text, &stat), text);
	return stat;
}

static void check_live(void)
{
	struct process_stat stat = parse(running);

	CHECK_INT('S', stat.state, running);
	CHECK_INT(12, stat.parent, running);
	CHECK_INT(70, stat.session, running);
	CHECK_INT(1, stat.terminal, running);
	CHECK_INT(3, stat.threads, running);
	CHECK_INT(70, stat.worked_ms, running);
	CHECK_INT(4242, (long long)stat.start_ticks, running);
	CHECK(!stat.ended && !stat.ending && !stat.kernel);
	stat = parse(kernel);
	CHECK(stat.kernel && !stat.terminal && stat.start_ticks == 6);
}

static void check_ends(void)
{
	struct process_stat stat = parse(zombie);

	CHECK(stat.ended && stat.ending);
	stat = parse(reaped);
	CHECK(stat.ended && stat.ending);
	CHECK_INT(0, stat.threads, reaped);
	CHECK_INT(4242, (long long)stat.start_ticks, reaped);
	stat = parse(first_thread);
	CHECK(!stat.ended && !stat.ending);
	stat = parse(exiting);
	CHECK(!stat.ended && stat.ending);
}

static void check_wrong(void)
{
	static const char *const wrong[] = { "", "77", "77 (d", "77 (d)", "77 (d) ", "77 (d)S" };
	struct process_stat stat;

	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_INT(-ESRCH, process_parse_stat(wrong[i], &stat), wrong[i]);
	CHECK_INT(0, process_parse_stat("77 (d) S", &stat), "cut off");
}

int main(void)
{
	struct process_stat stat;

	check_live();
	check_ends();
	check_wrong();
	CHECK_INT(0, process_stat(getpid(), &stat), "our own");
	CHECK_INT(getppid(), stat.parent, "our own");
	return check_status();
}
