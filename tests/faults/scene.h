/* SPDX-License-Identifier: MIT */
/* scene - what is traced, and what must be true of it whatever fails. */
#ifndef FAULTS_SCENE_H
#define FAULTS_SCENE_H

#include "trace.h"

struct scene {
	const char *name;
	int is_control;    /* dsig, with a daemon that runs before; else a start */
	int copies_linked; /* in the copy the dynamic linker's calls count, too */
	const char *argv[16];
	const char *envp[12];
};

/* Makes the scenes from the programs under test; returns how many. */
struct programs {
	const char *library, *dstart, *dsig, *target, *target_static;
};
#define SCENES_MAX 16
int scene_list(struct scene *scenes, const struct programs *programs);

/* Runs the scene with a fault, and looks at everything that must be true;
 * start begins the daemon that dsig has to do with. Returns 0, or -1 with what
 * is wrong in problem. The current directory is a scratch directory, empty
 * before and after. */
int scene_try(const struct scene *scene, const struct scene *start, struct trace *t, char *problem,
              size_t size);

#endif
