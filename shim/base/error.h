/* SPDX-License-Identifier: MIT */
/* error - texts for errno values, the same in every libc and locale. */
#ifndef ERROR_H
#define ERROR_H

/* Returns the text for an errno value or PATH_PLANTED; "unknown error" if it has
 * none. */
const char *error_text(int number);

#endif
