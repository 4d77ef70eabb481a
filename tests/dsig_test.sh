#!/bin/sh
# SPDX-License-Identifier: MIT
# dsig: what it sends, to whom, what it refuses, what it shows. Its daemons are
# made by programs/holder.c, so that every kind of pid file can be had.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh and t_hold
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

SIGPROBE_READY=ready

# t_hold [HOLDER-OPTION]... FILE [PROGRAM [ARG]...]: a process behind a pid
# file, its pid in $pid. T_HOLD_AS: a prefix of words, T_HOLD_OUT: its stdout.
t_hold() {
	rm -f held
	# shellcheck disable=SC2086 # a prefix of words
	${T_HOLD_AS:-} "$T_PROGRAMS/holder" "$@" </dev/null >"${T_HOLD_OUT:-/dev/null}" 2>held &
	pid=$!
	t_track "$pid"
	t_wait_for 5 test -s held
	assertEquals "holder $*" held "$(head -n 1 held)"
}

# t_probe FILE [SIGPROBE-ARGUMENT]...: sigprobe behind a pid file, reports to
# the file got.
t_probe() {
	t_file=$1
	shift
	case ${1:-} in
	--survive)
		shift
		t_hold --posix "$t_file" "$T_PROGRAMS/sigprobe" --pid-first --survive got "$@"
		;;
	*) t_hold --posix "$t_file" "$T_PROGRAMS/sigprobe" --pid-first got "$@" ;;
	esac
	t_wait_for 5 grep -q "$SIGPROBE_READY" got
}

t_got() { [ "$(tail -n 1 got)" = "$1" ]; }

# t_assert_dsig STATUS ARGUMENT...
t_assert_dsig() {
	t_expected=$1
	shift
	t_dsig "$@"
	t_assert_rc "$t_expected"
}

# t_assert_refused TEXT ARGUMENT...: status 77, the reason, and $pid lives on.
t_assert_refused() {
	t_text=$1
	shift
	t_assert_dsig 77 "$@" && t_assert_err "$t_text"
	assertTrue 'it lives' "t_alive $pid"
}

t_json() { "$T_PYTHON" -c 'import json, sys
for line in open(sys.argv[1], "rb"):
    value = json.loads(line.decode("utf-8"))
    print(value[sys.argv[2]])' "$WORK/out" "$1"; }

# --- what is sent ------------------------------------------------------------

testEachVerbSendsItsSignal() {
	t_hold --posix d.pid "$T_PROGRAMS/sigprobe" --pid-first --survive --all got
	t_wait_for 5 grep -q ready got
	for t_case in term=TERM reload=HUP quit=QUIT int=INT usr1=USR1 usr2=USR2 reopen=USR1; do
		t_assert_dsig 0 "${t_case%=*}" ./d.pid && t_assert_silent
		assertTrue "$t_case" "t_wait_for 5 t_got ${t_case#*=}"
	done
	t_assert_dsig 0 kill ./d.pid
	t_assert_gone "$pid"
}

testAnySignalByNameAndNumber() {
	t_hold --posix d.pid "$T_PROGRAMS/sigprobe" --pid-first --survive --all got
	t_wait_for 5 grep -q ready got
	for t_case in WINCH=WINCH SIGURG=URG winch=WINCH sigpipe=PIPE RTMIN+3=RTMIN+3 \
		SIGRTMIN+4=RTMIN+4 rtmin=RTMIN+0 14=ALRM 28=WINCH POLL=IO CLD=CHLD; do
		t_assert_dsig 0 "${t_case%=*}" ./d.pid && t_assert_silent
		assertTrue "$t_case" "t_wait_for 5 t_got ${t_case#*=}"
	done
}

testStopAsASignalNameStopsTheProcess() {
	t_hold --posix d.pid
	t_assert_dsig 0 STOP ./d.pid
	t_wait_for 5 eval "case \$(t_status $pid State) in T*) ;; *) false ;; esac"
	assertEquals T "$(t_stat "$pid" 3)"
	t_assert_dsig 0 CONT ./d.pid
}

testOwnCommands() {
	t_hold --posix d.pid "$T_PROGRAMS/sigprobe" --pid-first --all got
	t_wait_for 5 grep -q ready got
	t_assert_dsig 0 -c rotate=USR1 rotate ./d.pid
	assertTrue 'by -c' 't_wait_for 5 t_got USR1'
	DAEMONIZE_COMMANDS='graceful=WINCH  rotate=USR2'
	export DAEMONIZE_COMMANDS
	t_assert_dsig 0 graceful ./d.pid
	assertTrue 'by the environment' 't_wait_for 5 t_got WINCH'
	t_assert_dsig 0 rotate ./d.pid -c rotate=SIGURG
	assertTrue 'the option before the environment' 't_wait_for 5 t_got URG'
	t_assert_dsig 0 -c reload=RTMIN+1 reload ./d.pid
	assertTrue 'redefined' 't_wait_for 5 t_got RTMIN+1'
}

testBadOwnCommandsAreErrorsOfUsage() {
	for t_case in rotate rotate= =USR1 rotate=NOPE stop=NOPE stop=TERM/x stop=TERM/5/ \
		rotate=USR1/5 status=HUP '-x=HUP' 'a b=HUP' 1=HUP; do
		t_assert_dsig 64 -c "$t_case" term ./d.pid && t_assert_err "NAME=SIGNAL"
	done
	DAEMONIZE_COMMANDS='good=HUP bad=NOPE'
	export DAEMONIZE_COMMANDS
	t_assert_dsig 64 term ./d.pid && t_assert_err "DAEMONIZE_COMMANDS: 'bad=NOPE'"
}

testReopenSendsTheSignalOfTheEnvironment() {
	t_hold --posix d.pid "$T_PROGRAMS/sigprobe" --pid-first --all got
	t_wait_for 5 grep -q ready got
	DAEMONIZE_REOPEN=WINCH
	export DAEMONIZE_REOPEN
	t_assert_dsig 0 reopen ./d.pid
	assertTrue 't_wait_for 5 t_got WINCH'
	DAEMONIZE_REOPEN=never
	t_assert_dsig 64 reopen ./d.pid && t_assert_err "DAEMONIZE_REOPEN: 'never'"
}

# Python's main program takes a moment until it has its handler.
testASignalRightAfterTheStartWaitsForTheHandler() {
	t_hold --posix d.pid "$T_PYTHON" -c 'import signal, time
time.sleep(0.3)
signal.signal(signal.SIGHUP, lambda *_: open("heard", "w").close())
while True: signal.pause()'
	t_assert_dsig 0 reload ./d.pid && t_assert_silent
	assertTrue 'heard' 't_wait_for 5 test -e heard'
}

testAProgramThatEndsOnReloadIsSaid() {
	t_hold --posix d.pid "$T_PYTHON" -c 'import os, signal
signal.signal(signal.SIGHUP, lambda *_: os._exit(0))
open("up", "w").close()
while True: signal.pause()'
	t_wait_for 5 test -e up
	t_assert_dsig 1 reload ./d.pid && t_assert_err "d (pid $pid): has ended on SIGHUP"
}

testSeveralCommandsAreSentInOrder() {
	t_probe d.pid --survive HUP USR2 WINCH USR1
	t_assert_dsig 0 -c graceful=WINCH reload,usr2,graceful,10 ./d.pid && t_assert_silent
	assertTrue 'all' 't_wait_for 5 t_got USR1'
	assertEquals 'HUP USR2 WINCH USR1' "$(sed 1d got | paste -sd ' ' -)"
	t_assert_dsig 0 -n reload,usr2 ./d.pid
	assertEquals 'SIGHUP SIGUSR2' "$(awk '{ print $3 }' out | paste -sd ' ' -)"
	t_assert_dsig 64 status,reload ./d.pid && t_assert_err 'the command status stands alone'
	t_assert_dsig 64 reload,nosuch ./d.pid && t_assert_err "unknown command 'nosuch'"
	t_assert_dsig 64 reload, ./d.pid
	t_assert_dsig 77 alrm,usr2 ./d.pid && t_assert_err SIGALRM
	assertEquals 'none after a refusal' 4 "$(sed 1d got | wc -l)"
}

testACommandInThePlaceOfADaemonIsAnErrorOfUsage() {
	t_probe d.pid --survive HUP
	for t_case in usr2 stop graceful USR1; do
		t_assert_dsig 64 -c graceful=WINCH reload "$t_case" ./d.pid
		t_assert_err "'$t_case' is a command, and no pid file has that name"
	done
	assertEquals 'nothing is sent' 1 "$(wc -l <got)"
	echo 4194304 >stop.pid
	t_assert_dsig 1 -d . status stop && t_assert_out ./stop.pid
}

testOwnWordsStandInTheHelp() {
	DAEMONIZE_COMMANDS='graceful=WINCH'
	export DAEMONIZE_COMMANDS
	t_assert_dsig 0 -c rotate=USR1 --help
	grep -q '^  graceful .*send SIGWINCH' out && grep -q '^  rotate .*send SIGUSR1' out
	assertEquals 0 $?
}

testOutputThatCannotBeWrittenIsAnError() {
	t_hold --posix d.pid
	for t_case in 'status ./d.pid' 'status --json ./d.pid' 'pid ./d.pid' '-n term ./d.pid' list --help; do
		rc=0
		# shellcheck disable=SC2086 # words
		"$T_DSIG" $t_case >/dev/full 2>err || rc=$?
		t_assert_rc 74 && t_assert_err 'unable to write to standard output: No space left on device'
	done
}

testDryRunSaysWhatItWouldSend() {
	t_probe web.pid --survive HUP
	t_assert_dsig 0 -n reload ./web.pid
	assertEquals "would send SIGHUP to pid $pid (web)" "$(cat out)"
	t_assert_dsig 0 -n stop ./web.pid
	assertEquals "would send SIGTERM to pid $pid (web)" "$(cat out)"
	assertEquals "$SIGPROBE_READY $pid" "$(cat got)"
	t_assert_refused 'SIGUSR2' -n usr2 ./web.pid
}

# --- operands ----------------------------------------------------------------

testANameIsAFileOfTheRunDirectory() {
	t_need_user || return 0
	mkdir run && chown "$T_USER" run
	XDG_RUNTIME_DIR=$WORK/run
	export XDG_RUNTIME_DIR
	T_HOLD_AS=$T_AS_USER t_hold --posix run/web.pid
	T_WRAP=$T_AS_USER
	t_assert_dsig 0 pid web
	assertEquals "$pid" "$(cat out)"
	t_assert_dsig 3 pid other && t_assert_err "other: not running ($WORK/run/other.pid)"
	unset XDG_RUNTIME_DIR
	t_assert_dsig 64 pid web && t_assert_err XDG_RUNTIME_DIR
	T_WRAP=
	t_assert_dsig 3 status no-such-daemon && t_assert_out /run/no-such-daemon.pid
}

testAPidFileGivenLikeANameIsExplained() {
	t_hold --posix web.pid
	t_assert_dsig 64 status web.pid && t_assert_err 'did you mean ./web.pid?'
	t_assert_dsig 3 status other.pid
}

testADirectoryOfPidFilesMayBeGiven() {
	mkdir run
	t_hold --posix run/web10.pid
	echo 4194304 >run/web9.pid
	t_assert_dsig 0 -d run pid web10
	assertEquals "$pid" "$(cat out)"
	t_assert_dsig 0 list --directory=run
	assertEquals 'NAME web9 web10' "$(awk '{ print $1 }' out | paste -sd ' ' -)"
}

testANameOfRootIsAUsersToo() {
	t_need_user || return 0
	mkdir run && chown "$T_USER" run
	t_name=ops-test-$$
	t_defer "rm -f /run/$t_name.pid"
	t_hold --posix "/run/$t_name.pid"
	T_WRAP="$T_AS_USER env XDG_RUNTIME_DIR=$WORK/run"
	t_assert_dsig 0 list && t_assert_out "$t_name"
	t_assert_dsig 0 pid "$t_name"
	assertEquals "$pid" "$(cat out)"
	echo 4194304 >"run/$t_name.pid"
	t_assert_dsig 1 status "$t_name" && t_assert_out "$WORK/run/$t_name.pid"
}

testBadNamesAreErrorsOfUsage() {
	for t_case in '' .web -- 'a b' "$(printf 'a\nb')"; do
		t_assert_dsig 64 term -- "$t_case"
	done
}

testTheEnvironmentNamesTheDaemon() {
	t_hold --posix d.pid
	t_assert_dsig 64 pid && t_assert_err DAEMONIZE_NAME
	DAEMONIZE_NAME=nobody-of-this-name DAEMONIZE_PIDFILE=d.pid XDG_RUNTIME_DIR=$WORK
	export DAEMONIZE_NAME DAEMONIZE_PIDFILE XDG_RUNTIME_DIR
	t_assert_dsig 0 pid
	assertEquals "$pid" "$(cat out)"
	DAEMONIZE_PIDFILE=
	t_assert_dsig 3 status
	t_assert_out nobody-of-this-name
}

testOptionsMayStandAnywhere() {
	t_hold --posix d.pid
	for t_case in '-p d.pid pid' 'pid -p d.pid' 'pid --pidfile=d.pid' 'pid ./d.pid --force' \
		'--for pid ./d.pid' 'pid -- ./d.pid'; do
		# shellcheck disable=SC2086 # words
		t_assert_dsig 0 $t_case
		assertEquals "$t_case" "$pid" "$(cat out)"
	done
}

testSeveralOperandsGiveTheLargestStatus() {
	t_hold --posix a.pid
	a=$pid
	t_hold --posix c.pid
	echo 4194304 >b.pid
	t_assert_dsig 3 pid ./a.pid ./b.pid ./none.pid ./c.pid
	assertEquals "a: $a
c: $pid" "$(cat out)"
	t_assert_err 'b: not running, stale pid file ./b.pid'
	t_assert_err 'none: not running (./none.pid)'
	t_assert_dsig 1 term ./a.pid ./b.pid ./c.pid
	t_assert_gone "$a"
	t_assert_gone "$pid"
}

testErrorsOfUsage() {
	t_assert_dsig 64 && t_assert_err 'no command'
	t_assert_dsig 64 relaod ./d.pid && t_assert_err "did you mean 'reload'?"
	t_assert_dsig 64 SIGTREM ./d.pid
	t_assert_dsig 64 xyzzyxyzzy ./d.pid && t_assert_err '--help'
	for t_case in 0 65 -1 1x; do t_assert_dsig 64 -- "$t_case" ./d.pid; done
	t_assert_dsig 64 --nope term ./d.pid && t_assert_err 'unknown option --nope'
	t_assert_dsig 64 -Z term ./d.pid && t_assert_err 'unknown option -Z'
	t_assert_dsig 64 term ./d.pid -w && t_assert_err '-w: needs a value'
	t_assert_dsig 64 term -k ./d.pid && t_assert_err '-k does not apply to term'
	t_assert_dsig 64 log --dry-run ./d.pid && t_assert_err '--dry-run does not apply to log'
	t_assert_dsig 64 --josn status && t_assert_err 'unknown option --josn, did you mean --json?'
	t_assert_dsig 64 list ./d.pid
	t_assert_dsig 64 log -f ./a.pid ./b.pid
	for t_case in '' x 1x -1 1. . 1.x 99999999; do
		t_assert_dsig 64 -t "$t_case" stop ./d.pid
	done
}

testHelpAndVersion() {
	t_assert_dsig 0 --help
	for t_case in term reload stop reopen --pidfile --json --timeout 'Exit status' XDG_RUNTIME_DIR; do
		t_assert_out "$t_case"
	done
	t_assert_empty err
	t_assert_dsig 0 --version
	t_assert_out 'dsig '
}

testQuietSaysNothing() {
	t_assert_dsig 3 -q status ./none.pid && t_assert_silent
	t_assert_dsig 3 -q term ./none.pid && t_assert_silent
	t_assert_dsig 64 -q nosuchcommand ./none.pid && t_assert_err nosuchcommand
}

# --- states ------------------------------------------------------------------

# t_assert_state STATE STATUS FILE
t_assert_state() {
	t_assert_dsig "$2" status --json "$3" && t_assert_out "\"state\":\"$1\""
}

testStates() {
	t_hold --posix d.pid
	t_assert_state running 0 ./d.pid
	t_hold --mapped m.pid
	t_assert_state running 0 ./m.pid
	t_hold u.pid
	t_assert_state unlocked 0 ./u.pid
	t_hold --posix --text '' s.pid
	t_assert_state starting 4 ./s.pid
	t_assert_state stopped 3 ./none.pid
	echo 4194304 >g.pid
	t_assert_state stale 1 ./g.pid
	: >e.pid
	t_assert_state stale 1 ./e.pid
}

testEachStateHasItsStatusForASignal() {
	t_hold u.pid
	t_assert_dsig 0 term ./u.pid
	t_assert_gone "$pid"
	t_assert_dsig 1 term ./u.pid && t_assert_err stale
	t_assert_dsig 3 term ./none.pid
	t_hold --posix --text '' s.pid
	t_assert_dsig 4 term ./s.pid && t_assert_err 'no pid in ./s.pid yet'
	t_assert_dsig 4 -f term ./s.pid
	assertTrue 'it lives' "t_alive $pid"
}

testMalformedPidFilesNameNobody() {
	for t_case in 0 -1 -5 1x 0x10 010 +1 1.5 abc 4194305 99999999999 18446744073709551617 '1\0'; do
		printf '%b\n' "$t_case" >m.pid
		t_assert_dsig 4 status ./m.pid && t_assert_out unknown
		t_assert_dsig 4 -f kill ./m.pid
		t_assert_dsig 4 stop ./m.pid
		assertTrue "$t_case" '[ -e m.pid ]'
	done
}

testWhatIsNoPlainFileNamesNobody() {
	t_hold --posix d.pid
	ln -s d.pid link.pid
	mkfifo fifo.pid
	mkdir dir.pid
	for t_case in link fifo dir; do
		t_assert_dsig 4 term "./$t_case.pid" && t_assert_err 'state unknown'
	done
	t_assert_dsig 4 term ./d.pid/x.pid
	t_assert_dsig 4 term /dev/null
	assertTrue 'it lives' "t_alive $pid"
}

testAZombieIsGone() {
	# shellcheck disable=SC2016 # for the inner shell
	sh -c '"$0" --posix d.pid 2>held & exec sleep 60' "$T_PROGRAMS/holder" </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 t_has_pid d.pid
	pid=$(t_pid d.pid)
	kill -s KILL "$pid"
	t_wait_for 5 eval "[ \"\$(t_stat $pid 3)\" = Z ]"
	assertEquals Z "$(t_stat "$pid" 3)"
	t_assert_state stale 1 ./d.pid
	t_assert_dsig 1 term ./d.pid
	t_assert_dsig 0 wait ./d.pid
	t_assert_dsig 1 stop ./d.pid && t_assert_err 'removed stale pid file'
	t_assert_absent d.pid
}

testAYoungerProcessIsNotTheDaemon() {
	t_hold d.pid
	touch -d '1 minute ago' d.pid
	t_assert_state stale 1 ./d.pid
	for t_case in term kill stop; do t_assert_dsig 1 -f "$t_case" ./d.pid; done
	assertTrue 'it lives' "t_alive $pid"
}

# Inside a pid namespace of its own, where the next pid can be chosen.
t_in_pid_namespace() {
	t_need_root && t_need unshare || return 1
	unshare -pf --mount-proc sh -c ': >/proc/sys/kernel/ns_last_pid' 2>/dev/null && return
	t_skip 'needs a pid namespace'
	return 1
}

testARecycledPidIsNotTheDaemon() {
	t_in_pid_namespace || return 0
	cat >inner <<'X'
	"$T_PROGRAMS/holder" --posix d.pid 2>held &
	old=$!
	until [ -s held ]; do sleep 0.02; done
	kill -s KILL $old
	wait $old
	touch -d '5 seconds ago' d.pid
	for try in 1 2 3 4 5 6 7 8 9; do
		echo $((old - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 60 &
		[ $! = $old ] && break
	done
	echo "$old $!" >pids
	"$T_DSIG" kill ./d.pid
	echo $? >status
	kill -0 $old && echo lives >victim
X
	t_capture env T_DSIG="$T_DSIG" T_PROGRAMS="$T_PROGRAMS" timeout 20 unshare -pf --mount-proc \
		--kill-child sh inner
	read -r old new <pids
	assertEquals 'the pid was used again' "$old" "$new"
	assertEquals 1 "$(cat status)"
	assertEquals lives "$(cat victim)"
	t_assert_err 'taken by a younger process'
}

# The daemon dies, and another process gets its pid, after dsig has looked and
# before it sends: strace makes that moment two seconds long.
testAPidRecycledBetweenLookAndSendIsNotSignalled() {
	t_in_pid_namespace && t_need_strace || return 0
	cat >inner <<'X'
	"$T_PROGRAMS/holder" --posix d.pid 2>held &
	old=$!
	until [ -s held ]; do sleep 0.02; done
	strace -qq -o trace -e trace=fcntl,pidfd_send_signal \
		-e inject=pidfd_send_signal:delay_enter=2000000 "$T_DSIG" kill ./d.pid &
	dsig=$!
	until grep -qs F_GETLK trace; do sleep 0.02; done
	sleep 0.1 # to the very call, which is delayed
	kill -s KILL $old
	wait $old
	for try in 1 2 3 4 5 6 7 8 9; do
		echo $((old - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 60 &
		[ $! = $old ] && break
	done
	echo "$old $!" >pids
	wait $dsig
	echo $? >status
	kill -0 $old && echo lives >victim
X
	t_capture env T_DSIG="$T_DSIG" T_PROGRAMS="$T_PROGRAMS" timeout 20 unshare -pf --mount-proc \
		--kill-child sh inner
	read -r old new <pids
	assertEquals 'the pid was used again' "$old" "$new"
	assertEquals lives "$(cat victim)"
	assertEquals 1 "$(cat status)"
	t_assert_has trace ESRCH
	t_assert_err 'has just ended'
}

testAFileOfAnotherPidNamespaceNamesNobody() {
	t_in_pid_namespace || return 0
	t_hold --posix d.pid
	t_capture unshare -pf --mount-proc "$T_DSIG" term ./d.pid
	t_assert_rc 4
	# its number may be that of a process here
	t_hold --posix --text 1 one.pid
	touch -d '1 minute' one.pid
	# shellcheck disable=SC2016 # for the inner shell
	t_capture unshare -pf --mount-proc sh -c '"$0" -n term ./one.pid; exit $?' "$T_DSIG"
	t_assert_rc 4
	assertTrue 'it lives' "t_alive $pid"
}

testAFileReplacedWhileWeLookIsLookedAtAgain() {
	t_need_strace || return 0
	t_hold --posix d.pid
	old=$pid
	t_hold --posix new.pid
	timeout 20 strace -qq -o trace -e trace=pidfd_open -e inject=pidfd_open:delay_exit=500000 \
		"$T_DSIG" term ./d.pid </dev/null >out 2>err &
	t_wait_for 5 grep -qs pidfd_open trace
	mv new.pid d.pid
	wait $!
	assertEquals 0 $?
	t_assert_gone "$pid"
	assertTrue 'the old one lives' "t_alive $old"
}

# --- trust -------------------------------------------------------------------

# A root process that somebody wants to see dead: its pid in $victim.
t_victim() {
	mkdir -p evil && chown "$T_USER" evil
	t_hold victim.file
	victim=$pid
}

testAFileOfAUserDoesNotSteerRootsSignals() {
	t_need_user || return 0
	t_victim
	T_HOLD_AS=$T_AS_USER
	t_hold --text "$victim" evil/plain.pid
	t_hold --posix --text "$victim" evil/posix.pid
	t_hold --flock --text "$victim" evil/flock.pid
	t_hold --mapped --text "$victim" evil/mapped.pid
	T_HOLD_AS=
	pid=$victim
	t_assert_refused 'evil/plain.pid belongs to uid' kill ./evil/plain.pid
	for t_case in stop pid wait; do
		t_assert_dsig 77 "$t_case" ./evil/plain.pid
	done
	for t_case in posix flock mapped; do
		for t_command in kill stop pid wait; do
			t_assert_dsig 4 "$t_command" "./evil/$t_case.pid"
			t_assert_err 'locked by another process than it names'
		done
	done
	assertTrue 'it lives' "t_alive $victim"
}

testNotEvenWhenTheProcessItselfHoldsIt() {
	t_need_user || return 0
	mkdir evil
	: >evil/d.pid
	chown -R "$T_USER" evil
	t_hold --posix evil/d.pid
	t_assert_refused 'belongs to uid' kill ./evil/d.pid
	t_assert_dsig 0 -f kill ./evil/d.pid
	t_assert_gone "$pid"
}

testAUsersFileSteersTheUsersOwnProcesses() {
	t_need_user || return 0
	mkdir home && chown "$T_USER" home
	for t_case in --posix --mapped --flock; do
		T_HOLD_AS=$T_AS_USER t_hold "$t_case" home/d.pid
		t_assert_dsig 0 stop ./home/d.pid && t_assert_silent
		t_assert_gone "$pid"
		t_assert_absent home/d.pid
	done
}

testAFileThatOthersMayWriteNeedsTheKernelsWord() {
	t_hold d.pid
	chmod 666 d.pid
	t_assert_refused 'users other than its owner can write' kill ./d.pid
	chmod 664 d.pid
	t_assert_refused 'users other than its owner can write' kill ./d.pid
	t_assert_dsig 0 -f kill ./d.pid
	t_assert_gone "$pid"
	for t_case in --posix --mapped --flock; do
		rm -f d.pid
		t_hold "$t_case" d.pid
		chmod 666 d.pid
		t_assert_dsig 0 kill ./d.pid
		t_assert_gone "$pid"
	done
}

testRootsDaemonIsAliveToAUserAndNotForHim() {
	t_need_user || return 0
	t_hold --posix d.pid
	T_WRAP=$T_AS_USER
	t_assert_dsig 0 status ./d.pid && t_assert_out running
	t_assert_dsig 0 pid ./d.pid
	t_assert_refused 'Operation not permitted' term ./d.pid
	t_assert_err "unable to send SIGTERM to d (pid $pid)"
	t_assert_refused 'Operation not permitted' stop ./d.pid
	t_assert_refused 'Operation not permitted' -f kill ./d.pid
	assertTrue 'the file is there' '[ -e d.pid ]'
}

testAStrangersFileDoesNotSteerAUser() {
	t_need_user || return 0
	mkdir home && chown "$T_USER" home
	T_HOLD_AS=$T_AS_USER t_hold --posix home/d.pid
	chown 12345 home/d.pid
	T_WRAP=$T_AS_USER
	t_assert_refused 'belongs to uid 12345' term ./home/d.pid
	t_assert_dsig 0 -f term ./home/d.pid
	t_assert_gone "$pid"
}

testForceSendsToAProcessThatIsNotTied() {
	t_hold victim.file
	victim=$pid
	t_hold --posix --text "$victim" d.pid
	t_assert_dsig 4 kill ./d.pid
	assertTrue 'it lives' "t_alive $victim"
	t_assert_dsig 0 -f kill ./d.pid
	t_assert_gone "$victim"
}

# --- no accident ---------------------------------------------------------------

testASignalThatWouldKillByAccidentIsRefused() {
	t_probe d.pid --survive
	for t_case in reload usr1 usr2 reopen HUP SEGV ALRM RTMIN+3 34 PIPE; do
		t_assert_refused 'neither handles, ignores nor blocks' "$t_case" ./d.pid
	done
	t_assert_refused SIGUSR1 -c rotate=USR1 rotate ./d.pid
	for t_case in CHLD URG WINCH CONT; do t_assert_dsig 0 "$t_case" ./d.pid; done
	t_assert_dsig 0 -f reload ./d.pid
	t_assert_gone "$pid"
}

testAHandledIgnoredOrBlockedSignalIsSent() {
	t_probe d.pid --survive HUP ignore=USR1 block=USR2 RTMIN+3
	for t_case in reload usr1 usr2 RTMIN+3; do t_assert_dsig 0 "$t_case" ./d.pid; done
	t_assert_refused SIGALRM ALRM ./d.pid
	assertTrue 't_wait_for 5 grep -q HUP got'
}

testSignalsThatAreMeantToEndAreSent() {
	for t_case in term quit int kill TERM ABRT; do
		rm -f d.pid
		# not from a shell's background, where INT and QUIT are ignored
		t_hold --posix d.pid "$T_PYTHON" -c 'import os, signal, sys
for s in signal.SIGINT, signal.SIGQUIT, signal.SIGTERM:
    signal.signal(s, signal.SIG_DFL)
open("up", "w").close()
signal.pause()'
		t_wait_for 5 test -e up
		rm -f up
		t_assert_dsig 0 "$t_case" -w 5 ./d.pid
		t_assert_gone "$pid"
	done
}

testWithoutProcOnlySignalsThatCannotKillByAccident() {
	t_need_root && t_need unshare || return 0
	if grep -q __asan_init "$T_DSIG"; then
		t_skip 'a sanitizer needs /proc itself'
		return 0
	fi
	t_probe d.pid HUP
	# shellcheck disable=SC2016 # for the inner shell
	t_capture unshare -m sh -c 'mount -t tmpfs none /proc && exec "$0" reload ./d.pid' "$T_DSIG"
	t_assert_rc 77
	t_assert_err '/proc does not show whether'
	# shellcheck disable=SC2016 # for the inner shell
	t_capture unshare -m sh -c 'mount -t tmpfs none /proc && exec "$0" term ./d.pid' "$T_DSIG"
	t_assert_rc 0
	t_assert_gone "$pid"
}

# --- stop and wait ---------------------------------------------------------------

testStopEndsAndRemovesTheFile() {
	t_hold --posix d.pid
	t_assert_dsig 0 stop ./d.pid && t_assert_silent
	assertTrue 'gone at once' "t_gone $pid"
	t_assert_absent d.pid
	t_assert_dsig 3 stop ./d.pid && t_assert_err 'not running'
}

testStopGivesUpAfterItsTime() {
	t_probe d.pid --survive TERM
	t_assert_dsig 75 stop -t 0.2 ./d.pid && t_assert_err "d (pid $pid): still there"
	assertTrue 'it lives' "t_alive $pid"
	assertTrue 'the file is there' '[ -e d.pid ]'
	t_assert_dsig 0 stop --kill --timeout=.1 ./d.pid
	assertTrue 'killed' "t_gone $pid"
	t_assert_absent d.pid
}

testStopHasASignalOfItsOwn() {
	for t_case in 'DAEMONIZE_STOP=QUIT -n' 'DAEMONIZE_STOP=SIGQUIT' "DAEMONIZE_COMMANDS=stop=3" \
		"DAEMONIZE_STOP=TERM -c stop=QUIT"; do
		t_probe d.pid --survive QUIT TERM INT
		t_set=${t_case%% *} t_more=${t_case#"${t_case%% *}"}
		# shellcheck disable=SC2086 # words
		t_capture env "$t_set" "$T_DSIG" $t_more -t 0.2 stop ./d.pid
		case $t_case in
		*-n) t_assert_rc 0 && t_assert_out 'would send SIGQUIT' ;;
		*) t_assert_rc 75 && assertTrue "$t_case" 't_wait_for 5 t_got QUIT' ;;
		esac
		t_assert_dsig 0 -w 5 kill ./d.pid
	done
	t_capture env DAEMONIZE_STOP=TERM/ "$T_DSIG" stop ./d.pid
	t_assert_rc 64 && t_assert_err "DAEMONIZE_STOP: 'TERM/'"
}

testStopHasASchedule() {
	t_probe d.pid --survive TERM INT
	t_assert_dsig 75 -c stop=INT/0.1/-TERM/0.1 stop ./d.pid && t_assert_err 'still there'
	assertEquals 'INT TERM' "$(sed 1d got | paste -sd ' ' -)"
	t_assert_dsig 0 -n -c stop=TERM/0.5/KILL/5 stop ./d.pid
	assertEquals "would send SIGTERM to pid $pid (d)
would send SIGKILL to pid $pid (d) after 0.5 seconds" "$(cat out)"
	t_assert_dsig 0 -c stop=TERM/0.1/KILL/5 stop ./d.pid
	assertTrue 'killed' "t_gone $pid"
	t_assert_absent d.pid
}

# A daemon of ours whose children stay: $pid and $children.
t_family() {
	# shellcheck disable=SC2016 # for the inner shell
	t_dstart -p d.pid sh -c '
		sleep 60 & sleep 60 & wait'
	t_assert_started d.pid || return
	t_wait_for 5 eval "[ \$(cat /proc/$pid/task/$pid/children | wc -w) -eq 2 ]"
	children=$(cat "/proc/$pid/task/$pid/children")
	# shellcheck disable=SC2086 # words
	t_track $children
}

testStopNamesWhatIsLeftOfTheSession() {
	t_family || return
	t_assert_dsig 75 stop ./d.pid && t_assert_err 'd: has ended, but processes of its session go on: '
	for t_child in $children; do
		t_assert_err "$t_child (sleep)"
		assertTrue 'it lives' "t_alive $t_child"
	done
	assertTrue 'the daemon' "t_gone $pid"
}

testStatusNamesWhatIsLeftOfADaemonThatWasKilled() {
	t_family || return
	kill -s KILL "$pid"
	t_assert_gone "$pid"
	t_assert_dsig 1 status ./d.pid && t_assert_out 'the daemon is gone; perhaps left of it: '
	for t_child in $children; do t_assert_out "$t_child (sleep)"; done
	cp -p d.pid other.pid
	t_assert_dsig 1 stop ./d.pid && t_assert_err 'd: not running, but perhaps this is left of it: '
	# shellcheck disable=SC2086 # words
	t_kill $children
	t_assert_dsig 1 status ./other.pid && t_assert_lacks out 'perhaps'
}

testStopAllEndsTheSession() {
	t_family || return
	t_assert_dsig 0 stop -a ./d.pid && t_assert_silent
	# shellcheck disable=SC2086 # words
	assertTrue 'all' "t_all_gone $pid $children"
	t_assert_absent d.pid
}

testStopAllKillsWhatIgnoresTheSignal() {
	# shellcheck disable=SC2016 # for the inner shell
	t_dstart -p d.pid sh -c '
		setsid sh -c "trap \"\" TERM; echo \$\$ >stubborn; while :; do sleep 1; done" &
		(trap "" TERM; exec sleep 60) &
		echo $! >sleeper
		wait'
	t_assert_started d.pid || return
	t_wait_for 5 test -s stubborn
	stubborn=$(cat stubborn)
	t_track "$stubborn" "$(cat sleeper)"
	t_assert_dsig 75 stop --all -t 0.2 ./d.pid && t_assert_err "$stubborn (sh)"
	t_dstart -p d.pid sh -c '(trap "" TERM; exec sleep 60) & wait'
	t_assert_started d.pid || return
	t_assert_dsig 0 stop --all -k -t 0.2 ./d.pid
}

testStopAllOfAUsersDaemonSparesWhatIsNotTheUsers() {
	t_need_user || return 0
	chmod 777 .
	install -m 4755 "$(command -v sleep)" privileged
	t_dstart -p d.pid -u "$T_USER" sh -c './privileged 60 & sleep 60 & wait'
	t_assert_started d.pid || return
	t_wait_for 5 eval "[ \$(cat /proc/$pid/task/$pid/children | wc -w) -eq 2 ]"
	children=$(cat "/proc/$pid/task/$pid/children")
	# shellcheck disable=SC2086 # words
	t_track $children
	if [ "$(t_status "${children%% *}" Uid | cut -f 2)" != 0 ]; then
		t_skip 'set-user-ID programs have no effect here'
		return 0
	fi
	t_assert_dsig 75 stop --all -t 0.3 ./d.pid && t_assert_err '(privileged)'
	assertTrue 'it lives' "t_alive ${children%% *}"
	t_assert_lacks err '(sleep)'
}

testStopLeavesTheSessionsOfOthersAlone() {
	t_hold --posix d.pid
	t_assert_dsig 0 stop --all ./d.pid && t_assert_silent
	assertTrue 'this shell lives' "t_alive $$"
}

testStopRemovesAStaleFileAndSaysSo() {
	echo 4194304 >d.pid
	t_assert_dsig 1 stop -n ./d.pid && t_assert_out 'would remove stale pid file ./d.pid'
	assertTrue 'still there' '[ -e d.pid ]'
	t_assert_dsig 1 stop ./d.pid && t_assert_err 'd: not running, removed stale pid file ./d.pid'
	t_assert_absent d.pid
	mkdir sub
	echo 4194304 >sub/d.pid
	t_assert_dsig 1 stop ./sub/d.pid
	t_assert_absent sub/d.pid
}

testStopLeavesTheFileOfTheNextDaemonAlone() {
	t_hold --posix d.pid "$T_PYTHON" -c 'import os, signal, subprocess, sys
def end(*_):
    os.unlink("d.pid")
    subprocess.Popen([sys.argv[1], "--posix", "d.pid"], stdout=subprocess.DEVNULL,
                     stderr=open("next", "w"))
    while not open("next").read(): pass
    os._exit(0)
signal.signal(signal.SIGTERM, end)
open("up", "w").close()
while True: signal.pause()' "$T_PROGRAMS/holder"
	t_wait_for 5 test -e up
	t_assert_dsig 0 stop ./d.pid && t_assert_silent
	assertTrue 'another file' 't_has_pid d.pid'
	assertTrue 'the next one lives' "t_alive $(cat d.pid)"
	assertNotEquals "$pid" "$(cat d.pid)"
}

testWaitReturnsWithTheEnd() {
	t_hold --posix d.pid
	t_assert_dsig 75 wait -t 0 ./d.pid
	t_assert_dsig 75 wait -t 0.1 ./d.pid && t_assert_err 'still there'
	timeout 20 "$T_DSIG" wait ./d.pid </dev/null >out 2>err &
	waiter=$!
	kill -s KILL "$pid"
	wait "$waiter"
	assertEquals 0 $?
	t_assert_silent
	t_assert_dsig 0 wait ./d.pid ./none.pid
}

testTheTimeOfWaitIsForAllTogether() {
	for t_case in a b c; do t_hold --posix $t_case.pid; done
	began=$(date +%s%N)
	t_assert_dsig 75 -t 0.6 wait ./a.pid ./b.pid ./c.pid
	assertTrue 'three times' "[ $((($(date +%s%N) - began) / 1000000)) -lt 1500 ]"
}

testWaitUntilItIsUp() {
	t_assert_dsig 75 wait --up -t 0.1 ./d.pid && t_assert_err 'd: still stopped'
	timeout 20 "$T_DSIG" wait --up ./d.pid </dev/null >out 2>err &
	waiter=$!
	t_hold --posix d.pid
	wait "$waiter"
	assertEquals 0 $?
	t_assert_silent
	t_assert_dsig 0 wait --up ./d.pid
}

testASignalMayWaitForTheEnd() {
	t_probe d.pid --survive TERM
	t_assert_dsig 75 term -w 0.1 ./d.pid
	t_assert_dsig 0 kill --wait 5 ./d.pid
	assertTrue 'gone at once' "t_gone $pid"
	t_assert_absent d.pid
}

testWithoutPidfdsAllOfThisWorks() {
	t_probe d.pid --survive TERM
	"$T_PROGRAMS/nosys" 434 424 -- true 2>/dev/null || { t_skip 'needs seccomp'; return 0; }
	T_WRAP="$T_PROGRAMS/nosys 434 424 --"
	t_assert_dsig 0 status ./d.pid
	t_assert_dsig 75 stop -t 0.2 ./d.pid
	t_assert_dsig 0 stop -k -t 0.1 ./d.pid
	assertTrue 'gone' "t_gone $pid"
	t_assert_absent d.pid
	t_hold --posix d.pid
	t_assert_dsig 0 term -w 5 ./d.pid
	t_assert_gone "$pid"
	t_assert_dsig 3 term ./d.pid
	t_assert_dsig 0 wait ./d.pid
}

testManyCyclesLeaveNothingBehind() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		t_hold --posix d.pid
		t_assert_dsig 0 stop ./d.pid || return
		t_assert_dsig 3 status ./d.pid || return
	done
}

testOneCallLooksAtOneProcessOnly() {
	t_need_strace || return 0
	t_hold --posix d.pid
	t_capture strace -qq -f -o trace -e trace=open,openat,statx,readlink \
		"$T_DSIG" term ./d.pid
	t_assert_rc 0
	t_assert_lacks trace '"/proc"'
	assertEquals '' "$(grep -o '"/proc/[a-z0-9]*' trace | grep -vE "self|sys|/$pid\$" | sort -u)"
}

# --- what is shown ---------------------------------------------------------------

testStatusForPeople() {
	T_HOLD_OUT=$WORK/log t_hold --posix web.pid
	t_assert_dsig 0 status ./web.pid
	assertEquals 2 "$(wc -l <out)"
	for t_case in running "$pid" "$T_PROGRAMS/holder" "$WORK/log" ./web.pid iB "$(date +%Y-)"; do
		t_assert_out "$t_case"
	done
	t_assert_lacks out "$(printf '\033')"
	echo 4194304 >a-longer-name.pid
	t_assert_dsig 1 status ./web.pid ./a-longer-name.pid
	assertEquals 'aligned' 1 "$(awk '{ print index($0, substr($0, 1, 5) ~ /^NAME/ ? "STATE" : $2) }' out |
		sort -u | wc -l)"
	t_assert_out 'the daemon is gone'
}

testColoursAreForTerminals() {
	t_need script || return 0
	t_hold --posix d.pid
	TERM=xterm t_capture script -qec "$T_DSIG status ./d.pid" typescript
	t_assert_out "$(printf '\033[32mrunning\033[0m')"
	NO_COLOR=1 t_capture script -qec "$T_DSIG status ./d.pid" typescript
	t_assert_lacks out "$(printf '\033[3')"
}

# t_on_screen COLUMNS COMMAND: on a terminal so wide.
t_on_screen() {
	TERM=dumb t_capture script -qec "stty cols $1; $T_DSIG $2" typescript
	tr -d '\r' <out >screen
}

testOneDaemonIsAListWhereTheTableIsTooWide() {
	t_need script stty || return 0
	T_HOLD_OUT=$WORK/log t_hold --posix web.pid
	t_on_screen 60 'status ./web.pid'
	assertEquals 9 "$(wc -l <screen)"
	t_assert_has screen 'STATE    running'
	t_assert_has screen "LOG      $WORK/log"
	t_on_screen 400 'status ./web.pid'
	assertEquals 2 "$(wc -l <screen)"
}

testOfSeveralColumnsAreLeftOut() {
	t_need script stty || return 0
	t_hold --posix web.pid
	for t_width in 400 72 30; do
		t_on_screen $t_width 'status ./web.pid ./none.pid'
		assertEquals 3 "$(wc -l <screen)"
		# how wide MEMORY and LOG are is not ours to say
		head -n 1 screen | tr -s ' ' | sed '/PROGRAM/!s/ LOG//'
		[ $t_width -ne 72 ] || assertTrue 'too wide' "[ $(wc -L <screen) -le 72 ]"
	done >heads
	cat >expected <<-'END'
	NAME STATE PID USER SINCE MEMORY PROGRAM LOG PIDFILE
	NAME STATE PID USER SINCE MEMORY PIDFILE
	NAME STATE PID PIDFILE
	END
	t_assert_same expected heads
}

testJsonHasTheDocumentedKeys() {
	T_HOLD_OUT=$WORK/log t_hold --posix web.pid
	t_assert_dsig 3 status --json ./web.pid ./none.pid
	assertEquals 2 "$(wc -l <out)"
	for t_case in name=web/none state=running/stopped "pid=$pid/None" logfile="$WORK/log"/None \
		pidfile=./web.pid/./none.pid program="$T_PROGRAMS/holder"/None reason=None/None; do
		assertEquals "${t_case#*=}" "$(t_json "${t_case%%=*}" | paste -sd / -)"
	done
	assertEquals "$(id -un)" "$(t_json user | sed -n 1p)"
	assertTrue 'memory' "[ $(t_json rss_bytes | sed -n 1p) -gt 4096 ]"
	started=$(date -d "$(t_json started | sed -n 1p)" +%s)
	assertTrue 'since now' "[ $(($(date +%s) - started)) -le 5 ] && [ $started -le $(date +%s) ]"
}

testJsonIsValidWhateverTheBytes() {
	odd=$(printf 'a"b\\c\001d\377e\303\244\355\240\200f\ng')
	mkdir "$odd"
	cp "$T_PROGRAMS/holder" "$odd/holder"
	T_PROGRAMS_KEPT=$T_PROGRAMS
	T_PROGRAMS=$WORK/$odd
	T_HOLD_OUT=$WORK/$odd/log t_hold --posix "$odd/$odd.pid"
	T_PROGRAMS=$T_PROGRAMS_KEPT
	t_assert_dsig 0 status --json "./$odd/$odd.pid"
	assertEquals 1 "$(wc -l <out)"
	t_assert_out 'a\"b\\c\u0001d\ufffdeä\ufffd\ufffd\ufffdf\u000ag'
	assertEquals running "$(t_json state)"
	t_assert_dsig 0 status "./$odd/$odd.pid"
	assertEquals 2 "$(wc -l <out)"
	t_assert_out 'c?d?eä???f?g'
}

testListShowsTheRunDirectories() {
	t_need_user || return 0
	mkdir run && chown "$T_USER" run
	XDG_RUNTIME_DIR=$WORK/run
	export XDG_RUNTIME_DIR
	T_HOLD_AS=$T_AS_USER t_hold --posix run/b.pid
	T_WRAP=$T_AS_USER
	echo 4194304 >run/a.pid
	: >run/other.txt
	t_assert_dsig 0 list --json
	assertEquals 'a b' "$(t_json name | head -n 2 | paste -sd ' ' -)"
	assertEquals 'stale running' "$(t_json state | head -n 2 | paste -sd ' ' -)"
	t_assert_lacks out other
	t_assert_dsig 0 list
	t_assert_out NAME
	t_assert_out running
}

# --- the log -----------------------------------------------------------------------

testLogShowsTheLastLines() {
	T_HOLD_OUT=log t_hold --posix d.pid
	seq 1 3000 >>log
	t_assert_dsig 0 log ./d.pid
	seq 2991 3000 >expected
	t_assert_same expected out
	printf 'no newline' >>log
	t_assert_dsig 0 log --lines=2 ./d.pid
	assertEquals '3000
no newline' "$(cat out)"
	t_assert_dsig 0 log --lines=0 ./d.pid && t_assert_empty out
	t_assert_dsig 0 log --lines=99999 ./d.pid
	t_assert_same log out
	mv log moved
	t_assert_dsig 0 log --lines=1 ./d.pid
	assertEquals 'no newline' "$(cat out)"
}

testLogOfADaemonWithoutOneSaysWhatItHas() {
	t_hold --posix d.pid
	t_assert_dsig 4 log ./d.pid && t_assert_err 'd: has no log file, its output goes to /dev/null'
	t_assert_dsig 3 log ./none.pid
}

testLogOfAGoneDaemonIsShownWhereItWas() {
	t_need_user || return 0
	mkdir run state && chown "$T_USER" run state
	echo 'why it died' >state/web.log
	T_WRAP="$T_AS_USER env XDG_RUNTIME_DIR=$WORK/run XDG_STATE_HOME=$WORK/state"
	t_assert_dsig 3 log web && t_assert_err 'web: not running'
	t_assert_err "web: the end of $WORK/state/web.log:"
	assertEquals 'why it died' "$(cat out)"
	echo elsewhere >state/other.log
	T_WRAP="$T_WRAP DAEMONIZE_LOGFILE=$WORK/state/other.log"
	echo 4194304 >run/web.pid
	t_assert_dsig 1 log web
	assertEquals elsewhere "$(cat out)"
}

# A daemon that reopens its log on HUP.
t_logger() {
	# shellcheck disable=SC2016 # for the inner shell
	T_HOLD_OUT=log t_hold --posix d.pid sh -c '
		trap "exec >>log; echo reopened" HUP
		trap "echo bye; exit" TERM
		echo hello
		while :; do sleep 0.02; done'
	t_wait_for 5 grep -q hello log
}

testLogFollowsThroughRotationToTheEnd() {
	t_logger
	timeout 30 "$T_DSIG" log -f ./d.pid </dev/null >follow 2>follow.err &
	follower=$!
	assertTrue 'what is there' 't_wait_for 5 grep -q hello follow'
	echo appended >>log
	assertTrue 'what is added' 't_wait_for 5 grep -q appended follow'
	mv log log.1
	echo late >>log.1
	assertTrue 'what comes after the move' 't_wait_for 5 grep -q late follow'
	t_assert_dsig 0 reload ./d.pid
	assertTrue 'the new one' 't_wait_for 5 grep -q reopened follow'
	: >log
	assertTrue 'truncated' 't_wait_for 5 test ! -s log'
	echo again >>log
	assertTrue 'after truncation' 't_wait_for 5 grep -q again follow'
	t_assert_dsig 0 term ./d.pid
	wait $follower
	assertEquals 0 $?
	t_assert_empty follow.err
	assertEquals 'hello appended late reopened again bye' "$(paste -sd ' ' follow)"
}

# t_follow [COMMAND...]: a follower of d.pid in $follower; t_followed STATUS.
t_follow() {
	timeout 30 "$@" "$T_DSIG" log --follow ./d.pid </dev/null >follow 2>follow.err &
	follower=$!
	t_wait_for 5 grep -qs hello follow
}
t_followed() {
	rc=0
	wait "$follower" || rc=$?
	assertEquals "$1 $(cat follow.err)" "$1" "$rc"
}

# Its watches are used up: it looks for itself.
testLogFollowsWithoutInotify() {
	t_need_strace || return 0
	t_logger
	t_follow strace -qq -o trace -e trace=inotify_add_watch -e inject=inotify_add_watch:error=ENOSPC
	echo appended >>log
	assertTrue 'what is added' 't_wait_for 5 grep -q appended follow'
	t_kill "$pid"
	t_followed 0
	t_assert_has trace ENOSPC
}

testLogFollowsOneThatWasRemoved() {
	t_logger
	t_follow
	rm log
	t_assert_dsig 0 reload ./d.pid
	assertTrue 'the new one' 't_wait_for 5 grep -q reopened follow'
	t_kill "$pid"
	t_followed 0
}

testLogThatBecomesNoFileEndsTheFollowing() {
	# shellcheck disable=SC2016 # for the inner shell
	T_HOLD_OUT=log t_hold --posix d.pid sh -c '
		trap "exec >/dev/null" HUP
		echo hello
		while :; do sleep 0.02; done'
	t_wait_for 5 grep -q hello log
	t_follow
	mv log moved
	t_assert_dsig 0 reload ./d.pid
	t_followed 4
	t_assert_has follow.err 'd: has no log file, its output goes to /dev/null'
}

testLogThatNobodyCanBeShown() {
	t_logger
	rc=0
	"$T_DSIG" log ./d.pid >/dev/full 2>err || rc=$?
	t_assert_rc 74 && t_assert_err 'unable to write to standard output: No space left on device'
	rc=0
	timeout 20 "$T_DSIG" log -f --lines=0 ./d.pid >/dev/full 2>err &
	follower=$!
	t_wait_for 5 t_status "$follower" State >/dev/null
	while t_alive "$follower"; do
		echo more >>log
		sleep 0.02
	done
	wait $follower || rc=$?
	t_assert_rc 74 && t_assert_err 'unable to write to standard output: No space left on device'
}

testLogThatMayNotBeSeen() {
	t_need_user || return 0
	t_logger
	T_WRAP=$T_AS_USER
	t_assert_dsig 77 log ./d.pid && t_assert_err 'unable to open the log of d: Permission denied'
}

testLogsOfTwoHaveHeadlines() {
	T_HOLD_OUT=one.log t_hold --posix one.pid
	T_HOLD_OUT=two.log t_hold --posix two.pid
	echo first >one.log
	echo second >two.log
	t_assert_dsig 0 log ./one.pid ./two.pid
	assertEquals '==> one <==
first

==> two <==
second' "$(cat out)"
	t_assert_dsig 64 log -f ./one.pid ./two.pid
	t_assert_err 'log --follow takes one operand'
}

# --- and at the edges ----------------------------------------------------------------

testValuesThatAreNoneOfTheseOptions() {
	t_assert_dsig 64 log --lines=many ./d.pid
	t_assert_err "--lines: 'many': a number up to 1000000"
	t_assert_dsig 64 term -w soon ./d.pid && t_assert_err "-w: 'soon': seconds"
	t_assert_dsig 64 status -p '' && t_assert_err "unable to open pid file '': No such file"
	long=$(printf '%04096d' 0)
	t_assert_dsig 64 status "./$long" && t_assert_err 'name too long'
	t_need_user || return 0
	T_WRAP="$T_AS_USER env XDG_RUNTIME_DIR=/$(printf '%04090d' 0)"
	t_assert_dsig 64 status web && t_assert_err 'unable to find web: File'
}

testTheNearestMayBeAnOwnCommand() {
	t_assert_dsig 64 -c graceful=WINCH gracefull web
	t_assert_err "unknown command 'gracefull', did you mean 'graceful'?"
	t_assert_dsig 64 "$(printf '%040d' 0)" web
	t_assert_err 'dsig --help lists them'
}

testAProgramThatWasReplacedHasItsName() {
	cp "$T_PROGRAMS/holder" ./old
	T_PROGRAMS_KEPT=$T_PROGRAMS
	mkdir bin && mv old bin/holder
	T_PROGRAMS=$WORK/bin t_hold --posix d.pid
	T_PROGRAMS=$T_PROGRAMS_KEPT
	rm bin/holder
	t_assert_dsig 0 status --json ./d.pid
	assertEquals "$WORK/bin/holder" "$(t_json program)"
}

testAUserWithoutANameHasANumber() {
	t_need_user || return 0
	mkdir -m 777 open
	chmod 777 open
	T_HOLD_AS='setpriv --reuid=54321 --regid=54321 --clear-groups' t_hold --posix open/d.pid
	t_assert_dsig 0 status --json ./open/d.pid
	assertEquals 54321 "$(t_json user)"
}

testASignalThatMayNotBeSentIsSaid() {
	t_need_strace || return 0
	t_hold --posix d.pid
	T_WRAP='strace -qq -o trace -e trace=pidfd_send_signal,kill -e inject=pidfd_send_signal,kill:error=EPERM'
	t_assert_dsig 77 term ./d.pid
	t_assert_err 'unable to send SIGTERM to d'
	t_assert_err 'Operation not permitted'
	t_assert_dsig 77 stop ./d.pid
	assertTrue 'it lives' "t_alive $pid"
}

testAStaleFileThatCannotBeRemovedIsSaid() {
	t_need_strace || return 0
	printf '4194304\n' >d.pid
	T_WRAP='strace -qq -f -o trace -e trace=unlink,unlinkat -e inject=unlink,unlinkat:error=EROFS'
	t_assert_dsig 1 stop ./d.pid
	t_assert_err 'd: not running, stale pid file ./d.pid'
	t_assert_err 'unable to remove stale pid file ./d.pid: Read-only file system'
	rm d.pid
	t_hold --posix d.pid
	t_assert_dsig 0 stop ./d.pid
	t_assert_err 'unable to remove stale pid file ./d.pid: Read-only file system'
	t_assert_gone "$pid"
}

testAYoungerProcessBehindAForeignLockIsUnknown() {
	"$T_PROGRAMS/probe" --stay info </dev/null >/dev/null 2>&1 &
	younger=$!
	t_track $younger
	t_wait_for 5 test -s info
	t_hold --flock --text "$younger" d.pid
	touch -d '1 hour ago' d.pid
	t_assert_dsig 4 status ./d.pid
	t_assert_out 'locked by another process than it names'
}

testAnotherUsersFileWithoutProcIsRefused() {
	t_need_user && t_need unshare || return 0
	if grep -q __asan_init "$T_DSIG"; then
		t_skip 'a sanitizer needs /proc itself'
		return 0
	fi
	mkdir -m 777 open && chmod 777 open
	T_HOLD_AS=$T_AS_USER t_hold --posix open/d.pid
	# shellcheck disable=SC2016 # for the inner shell
	t_capture unshare -m sh -c 'mount -t tmpfs none /proc && exec "$0" term ./open/d.pid' "$T_DSIG"
	t_assert_rc 77 && t_assert_err 'cannot be determined'
}

. "${SHUNIT2:-shunit2}"
