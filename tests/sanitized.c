/* SPDX-License-Identifier: MIT */
/* Linked into what make asan builds: the options of ASan, for where no variable
 * reaches it, as with DAEMONIZE_CLEARENV. That it is loaded behind libc costs it
 * the checks of libc's functions and no others. */
const char *__asan_default_options(void);

__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
	return "detect_leaks=0:verify_asan_link_order=0:"
	       "handle_segv=0:handle_sigbus=0:handle_sigfpe=0";
}

/* Before a function that does not return ASan forgets the stack. Between clone
 * and exec we run on one of our own, which it does not know and complains of. */
void __asan_handle_no_return(void);
__attribute__((no_sanitize_address)) void __asan_handle_no_return(void)
{
}
