/* SPDX-License-Identifier: MIT */
/* error - the reasons of failed system calls in words, the same in every libc
 * and locale. */
#ifndef ERROR_H
#define ERROR_H

/* What an errno means; "unknown error" for a number without a text. */
const char *error_text(int number);

#endif
