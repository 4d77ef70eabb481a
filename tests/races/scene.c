/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include <stdio.h>
#include <string.h>

#define COMMON "DAEMONIZE_PIDFILE=" SCENE_PIDFILE, "DAEMONIZE_TIMEOUT=5"
#define LOG "DAEMONIZE_LOGFILE=" SCENE_LOGFILE
#define MAIN "DAEMONIZE_READY=main"
#define ALIVE "DAEMONIZE_READY=alive=0.002"

int scene_list(struct scene scenes[SCENES], char *const *programs)
{
	static char preload[4096];
	const char *dstart = programs[1], *target = programs[3], *fixed = programs[4];
	const struct scene list[SCENES] = {
		{ "preload", 0, 0, { target }, { preload, COMMON, MAIN } },
		{ "preload-log", 0, 0, { target }, { preload, COMMON, LOG, MAIN } },
		{ "preload-settled", 1, 0, { target }, { preload, COMMON } },
		{ "preload-alive", 1, 0, { target }, { preload, COMMON, LOG, ALIVE } },
		{ "dstart", 0, 0, { dstart, "--", target }, { COMMON, MAIN } },
		{ "dstart-static", 0, 1, { dstart, "--", fixed }, { COMMON, MAIN } },
		{ "dstart-static-alive", 1, 1, { dstart, "--", fixed }, { COMMON, LOG, ALIVE } },
	};

	(void)snprintf(preload, sizeof preload, "LD_PRELOAD=%s", programs[0]);
	memcpy(scenes, list, sizeof list);
	return SCENES;
}
