/* SPDX-License-Identifier: MIT */
#include "launcher/envsource.h"

#include "base/path.h"
#include "base/sys.h"

#include <errno.h>
#include <string.h>

#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static int refuse(struct failure *why, const char *path, const char *reason)
{
	return failure_set(why, STATUS_CONFIG, 0, "unable to read environment file ", path, ": ",
	                   reason);
}

static int judge(const struct sys_stat *file, const char *path, uid_t uid, int *others_write,
                 struct failure *why)
{
	int ours = file->uid == 0 || file->uid == sys_geteuid();

	if (!S_ISREG(file->mode))
		return refuse(why, path, "it is not a regular file");
	if (!ours && file->uid != uid)
		return refuse(why, path,
		              "it must belong to root, to the caller or to the daemon's user");
	*others_write = !ours || (file->mode & OTHERS_WRITE) != 0;
	return 0;
}

int envsource_open(const char *path, uid_t uid, int *others_write, struct failure *why)
{
	struct sys_stat file;
	int fd = path_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	int r = fd < 0 ? fd : sys_fstat(fd, &file);

	if (r == -ELOOP)
		(void)refuse(why, path, "a symbolic link in a directory that others can write");
	else if (r < 0)
		(void)failure_set(why, STATUS_CONFIG, -r, "unable to read environment file ", path);
	else
		r = judge(&file, path, uid, others_write, why);
	if (r == 0)
		return fd;
	sys_close(fd);
	return -1;
}

int envsource_steers(const char *assignment)
{
	static const char *const names[] = {
		"GCONV_PATH=",
		"GETCONF_DIR=",
		"GLIBC_TUNABLES=",
		"HOSTALIASES=",
		"LOCALDOMAIN=",
		"LOCPATH=",
		"NIS_PATH=",
		"NLSPATH=",
		"RESOLV_HOST_CONF=",
		"RES_OPTIONS=",
		"TMPDIR=",
		"TZDIR=",
		"LD_",
		"MALLOC_",
		"MUSL_LOCPATH=",
		"PCPROFILE_OUTPUT=",
	};

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(assignment, names[i], strlen(names[i])) == 0)
			return 1;
	return 0;
}
