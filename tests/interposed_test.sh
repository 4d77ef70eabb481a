#!/bin/sh
# SPDX-License-Identifier: MIT
# Beside other preloaded libraries, which may replace any function of libc: the
# interposer lets each of them fail that is called by our code, and none is.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() {
	t_begin || return 1
	# it writes down what it caught in processes of other users, too
	true >caught && chmod 666 caught || return 1
	export INTERPOSED_LOG="$WORK/caught" INTERPOSED_FROM="${T_LIB##*/}"
	T_PRELOAD_FIRST=$T_INTERPOSER
}
tearDown() {
	unset INTERPOSED_LOG INTERPOSED_FROM T_PRELOAD_FIRST
	t_end
}

# --- helpers -----------------------------------------------------------------

T_INTERPOSER=$T_PROGRAMS/interposer.so

# A sanitizer's code is in the library and does call libc.
t_need_plain_build() {
	nm -D "$T_LIB" | grep -qE '__(asan|ubsan|gcov)_' || return 0
	t_skip 'an instrumented library'
	return 1
}

t_assert_none_caught() { assertEquals '' "$(sort caught | uniq -c)"; }

# A sigprobe runs, and its end is ours as well.
t_assert_works() {
	t_assert_started d.pid && t_assert_none_caught || return
	t_wait_for 5 grep -q ready got || { fail 'not ready for signals'; return 1; }
	kill "$pid"
	t_assert_gone "$pid" && t_assert_absent d.pid && t_assert_none_caught
}

# --- the interposer ------------------------------------------------------------

testTheInterposerCatchesWhatALibraryCalls() {
	t_plain "LD_PRELOAD=$T_INTERPOSER:$T_PROGRAMS/interposed.so" INTERPOSED_FROM=interposed.so \
		-- "$T_PROGRAMS/dier" 0
	t_assert_rc 0 || return
	assertEquals 'getppid close' "$(paste -s -d ' ' caught)"
}

# The list is that of nm(1) for the library when it still asked libc.
testTheInterposerKnowsEveryFunctionThatWasOnceImported() {
	nm -D --defined-only "$T_INTERPOSER" | sed 's/.* //' | sort >known
	for name in __errno_location _exit access bind chdir chroot clock_gettime clone close connect \
		dl_iterate_phdr dup2 execve fchmod fchown fcntl flock ftruncate getcwd getegid geteuid \
		getgrnam getgrouplist getpgid getpid getppid getpwnam getpwuid getresgid getresuid \
		getrlimit getsid getsockname kill lseek madvise memchr memmove mkdir mmap mprotect munmap \
		open pipe2 poll prctl pread pread64 pwrite read readlink readlinkat recv recvmsg send \
		sendmsg setfsgid setfsuid setsid setsockopt shutdown sigaction sigaddset sigemptyset \
		sigfillset signal signalfd sigprocmask sigtimedwait socket socketpair strchr strcmp \
		strcspn strerror strlen strncmp strrchr strspn syscall umask unlink waitid waitpid write; do
		grep -qx "$name" known || fail "$name"
	done
}

# --- starts ----------------------------------------------------------------------

testBeforeUs() {
	t_need_plain_build || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/sigprobe" --pid-first got TERM
	t_assert_works
}

testBehindUs() {
	t_need_plain_build || return 0
	t_plain DAEMONIZE_PIDFILE=d.pid "LD_PRELOAD=$T_LIB:$T_INTERPOSER" -- \
		"$T_PROGRAMS/sigprobe" --pid-first got TERM
	t_assert_works
}

testByDstart() {
	t_need_plain_build || return 0
	t_dstart -p d.pid "$T_PROGRAMS/sigprobe" --pid-first got TERM
	t_assert_works
}

testInAMuslProgram() {
	t_need_plain_build || return 0
	[ -x "$T_PROGRAMS/sigprobe-musl" ] || { t_skip 'needs musl-gcc'; return 0; }
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/sigprobe-musl" --pid-first got TERM
	t_assert_works
}

testWithEveryOption() {
	t_need_plain_build && t_need_switch || return 0
	mkdir -m 777 open && chmod 777 open
	echo COLOUR=blue >envfile
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_REOPEN=USR1 \
		DAEMONIZE_USER="$T_USER" DAEMONIZE_UMASK=027 DAEMONIZE_ENVFILE=envfile DAEMONIZE_WORKDIR=open \
		DAEMONIZE_LINEBUF=1 DAEMONIZE_ARGV0=other DAEMONIZE_VERBOSE=1 DAEMONIZE_KEEP_FDS=all \
		-- "$T_PROGRAMS/sigprobe" --pid-first got TERM
	t_assert_started d.pid && t_assert_none_caught || return
	kill -USR1 "$pid"
	t_wait_for 5 grep -q ready open/got
	mv d.log old.log
	kill -USR1 "$pid"
	kill "$pid"
	t_assert_gone "$pid" && t_assert_none_caught
}

testWithEveryReadiness() {
	t_need_plain_build || return 0
	for ready in settled main listen alive=0.1; do
		t_spawn DAEMONIZE_PIDFILE=d.pid "DAEMONIZE_READY=$ready" -- \
			"$T_PROGRAMS/listener" tcp 0
		if ! t_assert_started d.pid || ! t_assert_none_caught; then
			echo "$ready"
			return
		fi
		kill "$pid"
		t_assert_gone "$pid" || return
	done
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_READY=notify -- "$T_PROGRAMS/notifier" 0 READY=1
	t_assert_started d.pid && t_assert_none_caught
}

testALogCommand() {
	t_need_plain_build || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid "DAEMONIZE_LOGFILE=|cat >log" -- "$T_PROGRAMS/sigprobe" --pid-first got TERM
	t_assert_works
}

testAStartThatFails() {
	t_need_plain_build || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_READY=alive=9 -- \
		"$T_PROGRAMS/dier" 3
	t_assert_rc 69 && t_assert_absent d.pid && t_assert_none_caught
}

testOptionsThatAreWrong() {
	t_need_plain_build || return 0
	t_spawn DAEMONIZE_PIDFLE=d.pid DAEMONIZE_UMASK=9 -- "$T_PROGRAMS/dier" 0
	t_assert_rc 78 && t_assert_none_caught
}

testWithoutVariablesItCallsNothing() {
	t_need_plain_build || return 0
	t_spawn -- "$T_PROGRAMS/dier" 3
	t_assert_rc 3 && t_assert_none_caught
}

# Two that people use: one steers the clock, the other replaces close and connect.
testFaketimeAndProxychains() {
	t_need faketime && t_need proxychains4 || return 0
	for t_name in libfaketime.so.1 libproxychains.so.4; do
		T_PRELOAD_FIRST=$(find /usr/lib /usr/lib64 -name $t_name 2>/dev/null | head -n 1)
		t_spawn FAKETIME=-400d PROXYCHAINS_QUIET_MODE=1 DAEMONIZE_PIDFILE=d.pid \
			DAEMONIZE_READY=listen -- "$T_PROGRAMS/listener" tcp 0
		t_assert_started d.pid || { echo "$t_name"; return; }
		assertTrue "$t_name is in it" "grep -q $t_name /proc/$pid/maps"
		t_dsig status ./d.pid
		t_assert_rc 0
		kill "$pid"
		t_assert_gone "$pid" && t_assert_absent d.pid
	done
}

. "${SHUNIT2:-shunit2}"
