/* SPDX-License-Identifier: MIT */
/* shake - between any two system calls of the code under test another process
 * may get its turn. On a quiet machine it rarely does; here, where the linker
 * puts functions of ours in front of the shim's (ld --wrap), it often does. */
#ifndef RACES_SHAKE_H
#define RACES_SHAKE_H

/* Sleeps, yields or, mostly, does nothing. */
void shake(void);

#endif
