#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs that put themselves in the background: who stays is the daemon. The ways are
# those of programs/background.c; real servers are in servers_test.sh.
# shellcheck disable=SC2154,SC2086 # rc, pid: set by lib.sh; words of $T_LAUNCH
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# t_goes WAY [VAR=VALUE]...: it is followed: the pid file names who stays.
t_goes() {
	t_way=$1
	shift
	rm -f d.pid own d.log
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_TIMEOUT=20 "$@" -- \
		"$T_PROGRAMS/background" "$t_way" "$WORK/own"
	t_assert_started d.pid || { echo "way: $t_way"; return 1; }
	t_assert_silent
	t_wait_for 5 test -s own
	assertEquals "$t_way" "$(cat own)" "$pid"
	t_dsig status --json ./d.pid
	t_assert_rc 0 && t_assert_out "\"pid\":$pid,"
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/background" "$t_way"
	t_assert_rc 75 && t_assert_err "already running as pid $pid"
	t_dsig stop ./d.pid
	t_assert_rc 0
	t_gone "$pid" || fail "$t_way: $pid lives"
}

# t_fails WAY TEXT [VAR=VALUE]...: 69, and nothing is left.
t_fails() {
	t_way=$1 t_text=$2
	shift 2
	rm -f d.pid own d.log
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_TIMEOUT=20 "$@" -- \
		"$T_PROGRAMS/background" "$t_way" "$WORK/own"
	t_assert_rc 69 && t_assert_err "$t_text"
	t_assert_absent d.pid
	t_left=$(cd "$SHUNIT_TMPDIR" && t_ours)
	# shellcheck disable=SC2086 # words are pids
	assertEquals "left behind by $t_way" '' "$(t_named $t_left)"
}

# --- the ways ------------------------------------------------------------------------

testDaemonOfLibc() { t_goes daemon; }
testAForkAndAnExit() { t_goes exit && t_goes _exit; }
testAForkWithoutASession() { t_goes no-session; }
testOneThatListensBeforeItForks() { t_goes listens-before; }
testOneThatListensAfterItForks() { t_goes listens-late; }
testADoubleFork() { t_goes double && t_goes double-waited; }
testATripleFork() { t_goes triple; }
testAParentThatWaitsForAWordInAPipe() { t_goes pipe; }
testAParentThatWaitsForASignal() { t_goes signal; }
testAParentThatWatchesForAWhile() { t_goes watched; }
testOneThatClosesAllDescriptors() { t_goes closes && t_goes closes-before; }
testOneThatExecutesItself() { t_goes executes && t_goes executes-first; }
testOneThatRunsHelpersFirst() { t_goes helped; }
testOneThatMakesTheSystemCallItself() { t_goes clone; }
testOneThatStartsWorkers() { t_goes workers-early && t_goes workers-late; }
testOneThatSpawnsItself() { t_goes spawn; }
testOneThatForksLate() { t_goes works-first; }
testAHelperThatIsAboutToEnd() { t_goes helper-stays; }

testEveryReadinessButMainFollows() {
	for t_mode in listen alive=0.5; do
		t_goes listens-before DAEMONIZE_READY=$t_mode
		t_goes listens-late DAEMONIZE_READY=$t_mode
	done
	t_goes double DAEMONIZE_READY=alive=0.2
}

# It is the process that stays that says when it is ready.
testAWordOfTheProcessThatStays() {
	t_need "$T_PYTHON" || return 0
	cat >says.py <<-'END'
		import os, socket, sys, time
		if os.fork(): os._exit(0)
		os.setsid()
		time.sleep(0.3)
		with open("own", "w") as own: own.write("%d\n" % os.getpid())
		name = os.environ.get("NOTIFY_SOCKET")
		if name:
		    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		    s.connect("\0" + name[1:] if name[0] == "@" else name)
		    s.send(b"READY=1")
		else:
		    os.write(5, b"\n")
		time.sleep(100)
	END
	for t_mode in notify fd=5; do
		rm -f d.pid own
		t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_READY=$t_mode DAEMONIZE_TIMEOUT=20 -- \
			"$T_PYTHON" -S -E says.py
		t_assert_started d.pid || return
		assertEquals "in mode $t_mode" "$(cat own)" "$pid"
		t_kill "$pid"
	done
}

testAProgramOfAnotherUserIsFollowed() {
	t_need_user || return 0
	chown "$T_USER" .
	t_goes double DAEMONIZE_USER="$T_USER"
	t_goes pipe DAEMONIZE_USER="$T_USER"
}

testAnOrdinaryUsersProgramIsFollowed() {
	t_need_user || return 0
	chown "$T_USER" .
	T_WRAP=$T_AS_USER
	t_goes double
	t_goes workers-early
}

testADaemonThatIsGoneHasLeftWorkers() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/background" workers-stay
	t_assert_started d.pid || return
	kill -KILL "$pid"
	t_assert_gone "$pid"
	t_dsig status ./d.pid
	t_assert_rc 1 && t_assert_out 'perhaps left of it: '
	t_left=$(t_ours)
	# shellcheck disable=SC2086 # words are pids
	t_track $t_left
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/background" exit
	t_assert_started d.pid
}

# --- many at once, and ends at any moment ------------------------------------------------

# One is started, and all the others are told which.
testOfRacingStartsOneIsADaemon() {
	t_race=1
	while [ $t_race -le 20 ]; do
		env DAEMONIZE_PIDFILE=d.pid $T_LAUNCH "$T_PROGRAMS/background" double \
			</dev/null >/dev/null 2>"said.$t_race" && echo $t_race >>won || echo $? >>lost &
		t_racers="${t_racers:-} $!"
		t_race=$((t_race + 1))
	done
	# shellcheck disable=SC2086 # words are pids
	wait $t_racers
	assertEquals 'that have won' 1 "$(wc -l <won | xargs)"
	assertEquals 'the others' '19 75' "$(sort lost | uniq -c | xargs)"
	pid=$(t_pid d.pid)
	# by the pid that it had then: of its first process, perhaps
	assertEquals 'told the others' 19 "$(grep -l 'already running as pid [1-9]' said.* | wc -l | xargs)"
	t_track "$pid"
}

# A first process may be about to end, which nobody follows any more.
t_starts_or_runs() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/background" pipe
	[ "$rc" -eq 0 ] || { [ "$rc" -eq 75 ] && t_alive "$(cat d.pid)"; }
}

# Whoever is killed whenever: the next start works, and knows the daemon that there is.
testKillsAtAnyMoment() {
	t_try=1
	while [ $t_try -le 12 ]; do
		rm -f own
		env DAEMONIZE_PIDFILE=d.pid $T_LAUNCH "$T_PROGRAMS/background" pipe "$WORK/own" \
			</dev/null >/dev/null 2>&1 &
		t_launcher=$!
		"$T_PROGRAMS/dier" --quiet 0 $((t_try * 12))
		case $((t_try % 2)) in
		0) kill -KILL $t_launcher 2>/dev/null ;;
		1) t_victim=$(t_pid d.pid) && kill -KILL "$t_victim" 2>/dev/null ;;
		esac
		wait $t_launcher
		t_status=$?
		t_wait_for 5 t_starts_or_runs ||
			fail "$t_try: killed with $t_status, then $rc: $(cat err)"
		# shellcheck disable=SC2046 # words are pids
		t_kill $(t_ours) >/dev/null 2>&1
		t_try=$((t_try + 1))
	done
}

# --- what is expected -------------------------------------------------------------------

testOneThatMustGoAndGoes() { t_goes double DAEMONIZE_FORKS=1; }

testOneThatMustGoAndStays() {
	t_fails foreground 'background stays in the foreground, but DAEMONIZE_FORKS is 1' \
		DAEMONIZE_FORKS=1 DAEMONIZE_TIMEOUT=0.5
}

testOneThatMustStayAndGoes() {
	t_fails exit 'background ended with status 0 before it was ready' DAEMONIZE_FORKS=0
	t_fails pipe 'background ended with status 0 before it was ready' DAEMONIZE_FORKS=0 \
		DAEMONIZE_READY=alive=1
}

testOneThatMustStayAndStays() { t_goes foreground DAEMONIZE_FORKS=0; }

testItsOwnPidFileDecides() {
	t_goes rests DAEMONIZE_FORKS="$WORK/own"
	t_goes double DAEMONIZE_FORKS="$WORK/own"
	t_goes foreground DAEMONIZE_FORKS="$WORK/own"
	t_goes workers-early DAEMONIZE_FORKS="$WORK/own"
}

testAnOwnPidFileThatIsNeverWritten() {
	t_fails exit "$WORK/none names no process of it" DAEMONIZE_FORKS="$WORK/none" \
		DAEMONIZE_TIMEOUT=0.5
}

# Whoever can write there does not choose what is called the daemon.
testAnOwnPidFileThatNamesAStrangerIsNotBelieved() {
	sleep 100 </dev/null >/dev/null 2>&1 &
	t_track $!
	echo $! >stranger
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_TIMEOUT=0.5 DAEMONIZE_FORKS="$WORK/stranger" -- \
		"$T_PROGRAMS/background" exit
	t_assert_rc 69 && t_assert_err "$WORK/stranger names no process of it"
	assertEquals 'the stranger is all there is' "$!" "$(cd "$SHUNIT_TMPDIR" && t_ours)"
}

# Two cannot write one file: the pid is right, but no lock and no stamp says so.
testOneThatWritesOurPidFileItselfIsWarnedOf() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/background" foreground "$WORK/d.pid"
	t_assert_rc 0
	t_assert_err "warning: $T_PROGRAMS/background writes $WORK/d.pid itself"
	t_track "$(cat d.pid)"
}

# --- failures ---------------------------------------------------------------------------

testAFirstProcessThatFails() {
	t_fails first-fails 'background ended with status 3 before it was ready'
}

testASecondProcessThatFails() {
	t_fails second-fails ', which it had left in the background, ended with status 4'
	t_assert_err '| background: cannot go on'
}

testNothingThatIsLeft() {
	t_fails nothing-left 'background ended with status 0 before it was ready'
}

testTwoThatAreLeft() {
	t_fails two ' has left several processes in the background, '
	t_assert_err 'DAEMONIZE_FORKS=/PATH (--forks=/PATH)'
}

. "${SHUNIT2:-shunit2}"
