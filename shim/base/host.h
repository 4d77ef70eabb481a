/* SPDX-License-Identifier: MIT */
/* host - the few symbols that we use of the host process. The library is not linked
 * with a libc, so that one file suits every libc, and programs without any: these
 * are weak references to whatever is loaded. */
#ifndef HOST_H
#define HOST_H

/* Finds the environment. Takes the constructor's arguments, which under musl may be
 * anything and are not used. Call it before the other functions. */
void host_begin(int argc, char **argv);

/* Returns the environment that the program will see, to be edited in place; NULL if
 * it is unknown. */
char **host_environ(void);

/* getauxval(3): returns 0 if there is no such entry. */
unsigned long host_auxval(unsigned long type);

/* Makes stdout line buffered; does nothing without stdio. */
void host_buffer_lines(void);

#endif
