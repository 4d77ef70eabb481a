#!/bin/sh
# SPDX-License-Identifier: MIT
# The fifteen steps of daemon(7), "SysV Daemons", in its order; the name of a
# test is the step. Where a step is by design different, the test says why.
# shellcheck disable=SC2154,SC2086 # rc, pid: set by lib.sh; words of $T_LAUNCH
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# One more than the three by design: the descriptor that holds the lock.
testStep01CloseAllDescriptorsExceptStdinStdoutStderr() {
	exec 3</dev/zero 5</dev/zero 9</dev/zero
	t_probe
	exec 3<&- 5<&- 9<&-
	assertEquals "0 1 2 $WORK/d.pid" "$(sed -n "s/^fd\.\([0-9]*\)=.*/\1/p" got | sort -n |
		head -n 3 | xargs) $(sed -n 's/^fd\.[0-9][0-9][0-9]*=//p' got)"
}

testStep02ResetAllSignalHandlersToTheirDefault() {
	cat >ignoring <<-'END'
		#!/bin/sh
		trap '' HUP INT QUIT PIPE ALRM USR1 USR2 TSTP TTIN TTOU WINCH
		exec "$@"
	END
	chmod 755 ignoring
	T_WRAP=./ignoring
	t_plain -- "$T_PROGRAMS/probe" plain
	assertNotEquals 'the caller ignores' 0000000000000000 "$(t_field plain status.SigIgn)"
	t_probe || return
	assertEquals 0000000000000000 "$(t_field got status.SigIgn)"
	assertEquals 0000000000000000 "$(t_field got status.SigCgt)"
}

testStep03ResetTheSignalMask() {
	t_need "$T_PYTHON" || return 0
	cat >blocking.py <<-'END'
		import os, signal, sys
		signal.pthread_sigmask(signal.SIG_BLOCK, set(range(1, 65)) - {9, 19, 32, 33})
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	T_WRAP="$T_PYTHON blocking.py"
	t_probe || return
	assertEquals 0000000000000000 "$(t_field got status.SigBlk)"
	assertEquals 0000000000000000 "$(t_field got status.SigPnd)"
}

# By design: the environment is the caller's, less what is ours, for a program
# must find what it would find when started directly. CLEARENV empties it.
testStep04SanitizeTheEnvironment() {
	t_probe MINE=1 || return
	t_assert_lacks got DAEMONIZE
	t_assert_lacks got =LD_PRELOAD
	t_assert_has got =MINE=1
	t_kill "$pid"
	rm got
	t_probe MINE=1 DAEMONIZE_CLEARENV=1 || return
	t_assert_lacks got =MINE
}

testStep05CallForkToCreateABackgroundProcess() {
	t_probe || return
	assertNotEquals "$$" "$pid"
	assertTrue 'the caller returned, the daemon lives' "t_alive $pid"
}

testStep06CallSetsidToDetachFromAnyTerminal() {
	t_need script || return 0
	# script(1) has a terminal of its own, which it is the leader's of
	cat >on_terminal <<-END
		[ -t 0 ] && tty >was &&
		env T_TEST='$T_TEST' DAEMONIZE_PIDFILE=d.pid $T_LAUNCH \
			'$T_PROGRAMS/probe' --stay got
	END
	t_capture timeout 20 script -qec 'sh ./on_terminal' /dev/null
	t_assert_started d.pid || return
	t_wait_for 5 test -e got
	t_assert_has was /dev/pts/
	assertEquals '(null)' "$(t_field got tty)"
	assertEquals 0 "$(t_stat "$pid" 7)"
	assertNotEquals "$(t_stat $$ 6)" "$(t_field got sid)"
}

testStep07CallForkAgainSoThatATerminalCanNeverBeReacquired() {
	t_probe || return
	assertNotEquals 'leads no session' "$pid" "$(t_field got sid)"
	assertNotEquals 'leads no group' "$pid" "$(t_field got pgid)"
}

# It opens a terminal without O_NOCTTY, and has none afterwards.
testStep07IndeedItCannot() {
	T_READY=main
	t_need "$T_PYTHON" || return 0
	t_spawn DAEMONIZE_LOGFILE=log -- "$T_PYTHON" -c 'import os
master, slave = os.openpty()
os.open(os.ttyname(slave), os.O_RDWR)
try: os.open("/dev/tty", os.O_RDWR); print("reacquired", flush=True)
except OSError: print("none", flush=True)'
	t_assert_rc 0
	t_wait_for 5 test -s log
	assertEquals none "$(cat log)"
}

# Init, or the nearest process that adopts orphans; and already when main begins.
testStep08CallExitInTheFirstChildSoThatInitAdoptsTheDaemon() {
	T_READY=main
	t_probe || return
	first=$(t_field got sid)
	assertNotEquals "$first" "$(t_field got ppid)"
	assertTrue 'the first child is gone' "t_gone $first"
	assertEquals "$(t_field got ppid)" "$(t_stat "$pid" 4)"
	assertTrue 'an adopter' "[ $(t_field got ppid) -eq 1 ] || t_alive $(t_field got ppid)"
}

testStep09ConnectDevNullToStdinStdoutStderr() {
	t_probe || return
	for fd in 0 1 2; do
		assertEquals /dev/null "$(t_field got fd.$fd)"
		assertEquals 'not close on exec' 0 "$(t_field got fd.$fd.cloexec)"
	done
}

# By design different: the umask is the caller's, for a program that creates
# files would otherwise create them with other modes than when started
# directly, and open to the world. UMASK=0 gives what the step says.
testStep10ResetTheUmaskToZero() {
	umask 027
	t_probe || return
	assertEquals 0027 "$(t_field got status.Umask)"
	t_kill "$pid"
	rm got
	t_probe DAEMONIZE_UMASK=0 || return
	assertEquals 0000 "$(t_field got status.Umask)"
}

# By design different: relative paths on the command line keep their meaning.
# WORKDIR=/ gives what the step says.
testStep11ChangeTheDirectoryToTheRoot() {
	t_probe || return
	assertEquals "$WORK" "$(t_field got cwd)"
	t_kill "$pid"
	rm got
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_WORKDIR=/ -- "$T_PROGRAMS/probe" --stay "$WORK/got"
	t_assert_started d.pid || return
	t_wait_for 5 test -e got
	assertEquals / "$(t_field got cwd)"
}

testStep12WriteThePidFileSoThatItCannotBeStartedTwice() {
	t_probe || return
	assertEquals "$(t_field got pid)" "$(cat d.pid)"
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay second
	t_assert_rc 75
	t_assert_absent second
	assertEquals 'unchanged' "$pid" "$(cat d.pid)"
}

# Ten at once, and one of them runs.
testStep12IsFreeOfRaces() {
	for n in 1 2 3 4 5 6 7 8 9 10; do
		(
			rc=0
			env DAEMONIZE_PIDFILE=d.pid $T_LAUNCH "$T_PROGRAMS/probe" --stay got.$n \
				</dev/null >/dev/null 2>&1 || rc=$?
			echo $rc >status.$n
		) &
	done
	wait
	assertEquals '0 75 75 75 75 75 75 75 75 75' "$(cat status.* | sort -n | xargs)"
}

testStep13DropPrivileges() {
	t_need_user || return 0
	mkdir -m 777 open && chmod 777 open
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay open/got
	t_assert_started d.pid || return
	t_wait_for 5 test -e open/got
	assertNotEquals 0 "$(t_field open/got uid | cut -d ' ' -f 1)"
	assertEquals 0000000000000000 "$(t_field open/got status.CapPrm)"
}

# A program that ends before it is ready is told of.
testStep14NotifyTheOriginalProcessThatInitializationIsComplete() {
	t_spawn DAEMONIZE_READY=alive=0.3 DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/dier" 3
	t_assert_rc 69 && t_assert_err 'ended with status 3'
	t_spawn DAEMONIZE_READY=alive=0.3 DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay got
	t_assert_started d.pid
}

# And not before: everything that a caller may rely on is there.
testStep15CallExitInTheOriginalProcess() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" --stay got
	assertEquals 'pid file complete' 1 "$(wc -l <d.pid)"
	assertTrue 'log there' '[ -e d.log ]'
	t_assert_started d.pid && t_assert_silent
}

. "${SHUNIT2:-shunit2}"
