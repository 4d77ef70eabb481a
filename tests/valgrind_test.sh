#!/bin/sh
# SPDX-License-Identifier: MIT
# The tools under valgrind: no invalid access, nothing uninitialised, no leak.
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

. "${SHUNIT2:-shunit2}"
