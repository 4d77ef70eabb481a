#!/bin/sh
# SPDX-License-Identifier: MIT
# The tools, and the library as far as it goes, under valgrind: no invalid access,
# nothing uninitialised, no leak. A launcher cannot be followed further than to
# its first clone(2): "Unsupported clone() flags: 0x4511", which share the memory
# and the descriptors; what comes behind it is for the sanitizers.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() {
	t_once || return 1
	DSIG=$T_ROOT/build/valgrind/dsig
	DSTART=$T_ROOT/build/valgrind/dstart
}
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# --- helpers -------------------------------------------------------------------

# t_valgrind: it can run our tools here, which it could not with every libc.
t_valgrind() {
	t_need valgrind || return 1
	if [ ! -x "$DSIG" ] || [ ! -x "$DSTART" ]; then
		t_skip 'needs make tests-valgrind'
		return 1
	fi
	valgrind -q --error-exitcode=99 true >out 2>&1 && return
	t_skip "valgrind cannot run true: $(head -n 1 out)"
	return 1
}

# t_check STATUS COMMAND...: ends with it, and valgrind finds no error. It may
# say, in lines of another shape, that it does not know a system call.
t_check() {
	t_expected=$1
	shift
	t_capture timeout -k 5 "$T_LIMIT" valgrind -q --error-exitcode=99 --leak-check=full \
		--log-file="$WORK/valgrind.log" "$@"
	t_assert_rc "$t_expected" && t_assert_lacks "$WORK/valgrind.log" "== "
}

# t_check_library STATUS [VAR=VALUE]... -- COMMAND...: the same for the library in
# COMMAND. valgrind itself must not be daemonized: the real one is static.
t_check_library() {
	t_expected=$1
	shift
	for t_memcheck in /usr/libexec/valgrind/memcheck-*-linux /usr/lib*/valgrind/memcheck-*-linux; do
		[ ! -x "$t_memcheck" ] || break
	done
	[ -x "$t_memcheck" ] || { t_skip "no $t_memcheck"; return 1; }
	T_WRAP="env VALGRIND_LAUNCHER=$t_memcheck"
	t_words=$#
	for t_word; do
		set -- "$@" "$t_word"
		[ "$t_word" != -- ] || set -- "$@" "$t_memcheck" -q --error-exitcode=99 \
			--leak-check=full --log-file="$WORK/valgrind.log"
	done
	shift "$t_words"
	t_spawn "$@"
	T_WRAP=
	t_assert_rc "$t_expected" && t_assert_lacks "$WORK/valgrind.log" '== '
}

t_daemon() {
	t_spawn DAEMONIZE_PIDFILE="$WORK/d.pid" DAEMONIZE_LOGFILE="$WORK/d.log" -- \
		"$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid
}

# --- the tests -----------------------------------------------------------------

testDsigAndADaemon() {
	t_valgrind || return 0
	t_daemon || return 0
	t_check 0 "$DSIG" status ./d.pid
	t_assert_out running
	t_check 0 "$DSIG" --json status ./d.pid
	t_assert_out '"state":"running"'
	t_check 0 "$DSIG" -n term ./d.pid
	t_check 0 "$DSIG" log ./d.pid
	t_check 0 "$DSIG" -t 5 stop ./d.pid
	t_assert_gone "$pid"
}

testDsigWithoutADaemon() {
	t_valgrind || return 0
	t_check 3 "$DSIG" status ./none.pid
	echo nonsense >wrong.pid
	t_check 4 "$DSIG" --json status ./wrong.pid
	t_check 64 "$DSIG" nosuchcommand
	t_check 0 "$DSIG" list
	t_check 0 "$DSIG" --json list
	t_check 0 "$DSIG" --help
}

testDstart() {
	t_valgrind || return 0
	t_check 0 "$DSTART" --help
	t_check 0 "$DSTART" --dry-run -p d.pid -l d.log -- sleep 1
	t_assert_out 'pid file:'
	t_check 127 "$DSTART" --dry-run -- no-such-program
	t_check 64 "$DSTART" --no-such-option
	t_assert_absent d.pid d.log
}

testALauncherThatRefuses() {
	t_valgrind || return 0
	t_check_library 78 DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFLE=x DAEMONIZE_UMASK=9 -- \
		"$T_PROGRAMS/probe" ran || return 0
	t_assert_err 'did you mean DAEMONIZE_LOGFILE?'
	t_check_library 73 DAEMONIZE_PIDFILE=none/d.pid -- "$T_PROGRAMS/probe" ran
	t_check_library 67 DAEMONIZE_USER=no-such-user -- "$T_PROGRAMS/probe" ran
	t_daemon || return 0
	t_check_library 75 DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=e.log DAEMONIZE_REOPEN=USR1 \
		DAEMONIZE_KEEP_FDS=all DAEMONIZE_READY=notify -- "$T_PROGRAMS/probe" ran
	t_assert_err "already running as pid $pid"
	t_assert_absent ran
}

testACopyWithAForgedMark() {
	t_valgrind || return 0
	t_check_library 78 _DAEMONIZE_MARK=0.00112233445566778899aabbccddeeff -- \
		"$T_PROGRAMS/probe" ran || return 0
	t_assert_err 'not the mark of a launch in progress'
	t_assert_absent ran
}

testALibraryThatIsNotAskedForAnything() {
	t_valgrind || return 0
	t_check_library 0 DAEMONIZE=0 -- "$T_PROGRAMS/probe" ran
	t_check_library 0 LC_ALL=C -- "$T_PROGRAMS/probe" ran
}

. "${SHUNIT2:-shunit2}"
