#!/bin/sh
# SPDX-License-Identifier: MIT
# Ready by a newline on a descriptor, as s6 has it.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

testReadyByANewlineOnADescriptor() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_READY=fd=3 -- \
		sh -c 'printf part >&3; sleep 0.3; echo up >up; echo >&3; exec 3>&-; exec sleep 60'
	t_assert_started d.pid || return
	assertTrue 'not before' '[ -e up ]'
	t_spawn DAEMONIZE_READY=fd=77 DAEMONIZE_KEEP_FDS=all -- sh -c 'eval "echo >&77"'
	[ "$rc" -eq 0 ] || [ "$rc" -eq 69 ] || fail "status $rc"
}

testADescriptorThatIsClosedWithoutANewlineIsAFailure() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_READY=fd=5 -- \
		sh -c 'printf nothing >&5; exec 5>&-; exec sleep 60'
	t_assert_rc 69 && t_assert_err 'sh closed descriptor 5 without a newline'
	t_assert_absent d.pid
	t_spawn DAEMONIZE_READY=fd=5 DAEMONIZE_TIMEOUT=0.3 -- sleep 60
	t_assert_rc 69 && t_assert_err 'was not ready in 0.3 seconds'
}

testTheDescriptorOfANewlineIsChecked() {
	for t_case in 2 256 -1 x ''; do
		t_spawn DAEMONIZE_READY=fd=$t_case -- "$T_PROGRAMS/probe" info
		t_assert_rc 78 && t_assert_err "DAEMONIZE_READY: 'fd=$t_case'"
	done
	t_spawn DAEMONIZE_READY=fd=7 DAEMONIZE_KEEP_FDS=7 -- "$T_PROGRAMS/probe" info 7</dev/null
	t_assert_rc 78 && t_assert_err 'is one of DAEMONIZE_KEEP_FDS'
	t_assert_absent info
}

. "${SHUNIT2:-shunit2}"
