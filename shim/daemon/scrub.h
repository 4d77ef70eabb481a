/* SPDX-License-Identifier: MIT */
/* scrub - takes every trace of us out of the environment of the daemon. */
#ifndef SCRUB_H
#define SCRUB_H

/* Removes key from environ, and its text from what /proc/PID/environ shows. */
void scrub_variable(const char *key);

/* The same for each variable of which is_ours says so. */
void scrub_all(int (*is_ours)(const char *assignment));

/* Cuts the last entry off LD_PRELOAD, where the launcher has put us. */
void scrub_preload(void);

#endif
