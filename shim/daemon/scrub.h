/* SPDX-License-Identifier: MIT */
/* scrub - removes every trace of us from the daemon's environment. */
#ifndef SCRUB_H
#define SCRUB_H

/* Removes the variable key, and overwrites its text, which /proc/PID/environ
 * shows. */
void scrub_variable(const char *key);

/* The same for each variable that is_ours accepts. */
void scrub_all(int (*is_ours)(const char *assignment));

/* Removes the last entry of LD_PRELOAD, which is ours. */
void scrub_preload(void);

#endif
