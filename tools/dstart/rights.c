/* SPDX-License-Identifier: MIT */
#include "rights.h"

#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

/* struct vfs_cap_data, little-endian: magic and flags, then permitted, inheritable,
 * permitted, inheritable. */
#define CAP_WORD ((ssize_t)sizeof(uint32_t))
#define CAP_EFFECTIVE 1 /* VFS_CAP_FLAGS_EFFECTIVE */

/* Do the file's capabilities grant rights? Permitted ones do, and the flag that
 * makes them effective; inheritable ones alone do not. */
static int capabilities(const char *path)
{
	unsigned char cap[64];
	ssize_t n = getxattr(path, "security.capability", cap, sizeof cap);

	if (n < CAP_WORD)
		return 0;
	if ((cap[0] & CAP_EFFECTIVE) != 0)
		return 1;
	for (ssize_t at = CAP_WORD; at < n && at < 5 * CAP_WORD; at++)
		if ((at / CAP_WORD) % 2 == 1 && cap[at] != 0)
			return 1;
	return 0;
}

int rights_special(const char *path, const struct sys_stat *st)
{
	return (st->mode & (S_ISUID | S_ISGID)) != 0 || capabilities(path);
}

enum rights rights_gained(const char *path, const struct sys_stat *st,
                          const struct rights_user *user)
{
	const uid_t uid = user != NULL ? user->uid : getuid();
	const gid_t gid = user != NULL ? user->gid : getgid();
	const int other_uid = user == NULL && geteuid() != uid;
	const int other_gid = user == NULL && getegid() != gid;
	const mode_t setgid = S_ISGID | S_IXGRP; /* without x the bit meant mandatory locking */
	struct statvfs fs;
	int nosuid = statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOSUID) != 0;
	/* no_new_privs disables the set-ID bits. It also disables capabilities, but
	 * the kernel still sets AT_SECURE for a file that has them. */
	int bits = !nosuid && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
	int sets_uid = bits && (st->mode & S_ISUID) != 0;
	int sets_gid = bits && (st->mode & setgid) == setgid;

	/* The kernel compares the new effective ids with the real ones: set-user-ID
	 * root grants root nothing. */
	if (sets_uid && st->uid != uid)
		return RIGHTS_SETUID;
	if (sets_gid && st->gid != gid)
		return RIGHTS_SETGID;
	if (uid != 0 && !nosuid && capabilities(path))
		return RIGHTS_CAPABILITIES;
	if ((!sets_uid && other_uid) || (!sets_gid && other_gid))
		return RIGHTS_OURS;
	return RIGHTS_SAME;
}
