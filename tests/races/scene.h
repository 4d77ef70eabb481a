/* SPDX-License-Identifier: MIT */
/* scene - how a daemon is started. */
#ifndef RACES_SCENE_H
#define RACES_SCENE_H

#define SCENE_PIDFILE "d.pid" /* in the current directory, as all files here */
#define SCENE_LOGFILE "d.log"

struct scene {
	const char *name;
	int waits;     /* for more than main */
	int is_static; /* the daemon holds the POSIX lock only, and keeps its file */
	const char *argv[8];
	const char *envp[8];
};

/* Makes the scenes from the library, dstart, dsig, the target and the static
 * one, which must stay; returns how many. */
#define SCENES 7
int scene_list(struct scene scenes[SCENES], char *const *programs);

#endif
