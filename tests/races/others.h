/* SPDX-License-Identifier: MIT */
/* others - who else has to do with a pid file. Each goes on until the board
 * says that it is over, and does not return. */
#ifndef RACES_OTHERS_H
#define RACES_OTHERS_H

/* Looks, as dsig status does, and sees whether it was the truth. */
void others_read(void) __attribute__((noreturn));

/* Removes files that are stale, as dsig stop does. */
void others_discard(void) __attribute__((noreturn));

/* Obeys no lock: takes the file away, or puts another in its place. */
void others_disturb(void);

/* Becomes somebody who may only read the file, and locks it at random. */
void others_lock(void) __attribute__((noreturn));

#endif
