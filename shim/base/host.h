/* SPDX-License-Identifier: MIT */
/* host - what we cannot do without of the process that we are a guest in. The
 * library needs no libc, so that one file suits all of them, and a program
 * that has none: these are weak references, to whichever is there. */
#ifndef HOST_H
#define HOST_H

/* Notes the constructor's arguments; musl passes none, so they may be
 * anything. To be called before all others. */
void host_begin(int argc, char **argv);

/* The environment that the program will see, which may be edited in place. */
char **host_environ(void);

/* getauxval(3): 0 if there is no such entry. */
unsigned long host_auxval(unsigned long type);

/* Makes stdout line buffered, where there is stdio. */
void host_buffer_lines(void);

#endif
