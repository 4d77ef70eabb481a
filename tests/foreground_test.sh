#!/bin/sh
# SPDX-License-Identifier: MIT
# DAEMONIZE_FOREGROUND: a daemon's settings and its pid file, but in the
# caller's own process; and supervisors that start a program so.
# shellcheck disable=SC2154,SC2086 # rc, pid: set by lib.sh; words of $T_LAUNCH
# shellcheck disable=SC2016 # programs in sh, expanded there
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# t_front [VAR=VALUE]... -- COMMAND...: it runs beside us behind d.pid, its pid in
# $pid; what it says in the files said and err. The process is its caller's.
t_front() {
	t_launch
	rm -f front said err
	t_args=$#
	t_split=
	for t_arg; do
		if [ -z "$t_split" ] && [ "$t_arg" = -- ]; then
			t_split=1
			set -- "$@" $T_LAUNCH
		else
			set -- "$@" "$t_arg"
		fi
	done
	shift "$t_args"
	sh -c 'echo $$ >front; exec env DAEMONIZE_FOREGROUND=1 DAEMONIZE_PIDFILE=d.pid "$@"' sh "$@" \
		<"$T_STDIN" >said 2>err &
	front=$!
	t_track "$front"
	t_wait_for 5 t_has_pid d.pid || { fail "no pid file: $(cat err)"; return 1; }
	pid=$(t_pid d.pid)
}

testItIsTheCallersProcess() {
	t_front -- "$T_PROGRAMS/probe" --stay info || return
	t_wait_for 5 test -s info
	assertEquals 'the pid' "$front" "$pid"
	assertEquals 'the pid' "$(cat front)" "$pid"
	assertEquals 'the parent' $$ "$(t_field info ppid)"
	assertEquals 'the session' "$(t_stat $$ 6)" "$(t_stat "$pid" 6)"
	t_assert_lacks info DAEMONIZE
	t_assert_lacks info libdaemonize
	t_dsig status --json ./d.pid
	t_assert_rc 0 && t_assert_out '"state":"running"'
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay other
	t_assert_rc 75 && t_assert_err "already running as pid $pid" && t_assert_absent other
	t_dsig -w 5 term ./d.pid
	t_assert_rc 0
	wait "$front"
	assertEquals "its own status" 0 $?
}

testNothingSaidMeansTheCallersStreams() {
	echo hello >in
	T_STDIN=in t_spawn DAEMONIZE_FOREGROUND=1 -- sh -c 'cat; echo error >&2; exit 7'
	t_assert_rc 7
	assertEquals hello "$(cat out)"
	assertEquals error "$(cat err)"
}

testTheSettingsAreThoseOfADaemon() {
	mkdir dir
	echo hello >in
	echo 'ADDED=yes' >file.env
	t_front DAEMONIZE_UMASK=027 DAEMONIZE_WORKDIR=dir DAEMONIZE_LOGFILE=log DAEMONIZE_STDIN=in \
		DAEMONIZE_ENVFILE=file.env DAEMONIZE_ARGV0=other -- "$T_PROGRAMS/probe" --stay ../info || return
	t_wait_for 5 test -s info
	assertEquals 0027 "$(t_status "$pid" Umask)"
	assertEquals "$WORK/dir" "$(t_field info cwd)"
	assertEquals other "$(t_field info argv.0)"
	t_assert_has info ADDED=yes
	assertEquals "$WORK/log" "$(readlink "/proc/$pid/fd/1")"
	assertEquals "$WORK/in" "$(readlink "/proc/$pid/fd/0")"
}

testTheUserIsSwitched() {
	t_need_user || return 0
	chmod 777 .
	t_front DAEMONIZE_USER="$T_USER" -- "$T_PROGRAMS/probe" --stay info || return
	t_wait_for 5 test -s info
	assertEquals "$(id -u "$T_USER")" "$(t_field info uid | cut -d ' ' -f 1)"
	t_dsig status --json ./d.pid
	t_assert_rc 0 && t_assert_out "\"user\":\"$T_USER\""
}

testAFailureLeavesNothingAndIsSaidToTheCaller() {
	t_spawn DAEMONIZE_FOREGROUND=1 DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=log \
		DAEMONIZE_WORKDIR=/nosuch -- "$T_PROGRAMS/probe" info
	t_assert_rc 77 && t_assert_err 'unable to change directory to /nosuch'
	t_assert_absent d.pid log info
	printf '#!/bin/sh\nexit 0\n' >script
	chmod 755 script
	t_dstart -f -p d.pid -l log ./script
	t_assert_rc 0 && t_assert_empty err
	chmod 644 script
	t_dstart -f -p d.pid ./script
	t_assert_rc 126
}

testItsEndLeavesTheFileStaleAndTheNextStarts() {
	t_front -- "$T_PROGRAMS/probe" --stay info || return
	t_wait_for 5 test -s info
	kill -s KILL "$pid"
	wait "$front" 2>/dev/null
	t_dsig status ./d.pid
	t_assert_rc 1
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid
}

testSignalsAndDescriptorsStayTheCallers() {
	echo passed >file
	t_launch
	(trap '' USR1; exec env DAEMONIZE_FOREGROUND=1 DAEMONIZE_PIDFILE=d.pid $T_LAUNCH \
		sh -c 'cat <&7; grep SigIgn "/proc/$$/status"') 7<file >out 2>err
	t_assert_out passed
	assertEquals 'USR1 is ignored' 1 "$((0x$(awk '/SigIgn/ { print $2 }' out) >> 9 & 1))"
}

. "${SHUNIT2:-shunit2}"
