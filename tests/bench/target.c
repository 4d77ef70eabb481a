/* SPDX-License-Identifier: MIT */
/* target STAMP [SECONDS [FILE]] - the program that is daemonized: says when
 * its main began and who it is, makes FILE as a sign of life, stays. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct timespec now;
	int64_t stamp[2];
	int fd;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (argc < 2 || (fd = open(argv[1], O_WRONLY | O_CLOEXEC)) < 0)
		return 64;
	stamp[0] = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
	stamp[1] = getpid();
	if (pwrite(fd, stamp, sizeof stamp, 0) != sizeof stamp)
		return 71;
	(void)close(fd);
	if (argc > 3 && (fd = open(argv[3], O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) >= 0)
		(void)close(fd);
	if (argc > 2)
		return (int)sleep((unsigned)atoi(argv[2]));
	for (;;)
		(void)pause();
}
