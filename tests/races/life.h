/* SPDX-License-Identifier: MIT */
/* life - a starter, which becomes a daemon once, and its end. */
#ifndef RACES_LIFE_H
#define RACES_LIFE_H

/* Tries until it has been the daemon for a moment or the board says that it
 * is over; then ends as daemons do: having removed its file, without, or
 * killed. Does what launch.c and reborn.c do, by the same functions. slot is
 * its place among the starters. Does not return. */
void life(int slot) __attribute__((noreturn));

#endif
