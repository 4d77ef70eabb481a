#!/bin/sh
# SPDX-License-Identifier: MIT
# Ready means ready: what the launcher answers, and when, to a program that
# starts, dies, or does neither; and to a caller who cannot wait. What a ready
# program says of itself is in notify_test.sh and listen_test.sh.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
# shellcheck disable=SC2016 # programs in sh, expanded there
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# Hundredths of a second since boot, for bounds that a busy machine keeps.
t_now() {
	read -r t_up _ </proc/uptime
	echo "${t_up%.*}${t_up#*.}"
}

# t_timed COMMAND...: how long it took, in hundredths, in $took.
t_timed() {
	t_began=$(t_now)
	"$@"
	took=$(($(t_now) - t_began))
}

# t_assert_dead TEXT: the last command answered 69, with TEXT, long before the
# timeout, and nothing is left.
t_assert_dead() {
	t_assert_rc 69 && t_assert_err "$1"
	t_assert_empty "$WORK/out"
	assertTrue "took $took/100 s" "[ $took -lt 500 ]"
	t_assert_absent d.pid
	t_assert_none_left
}

# At this moment: the launcher has seen to it.
t_assert_none_left() {
	t_left=$(cd "$SHUNIT_TMPDIR" && t_ours)
	# shellcheck disable=SC2086 # words are pids
	assertEquals 'left behind' '' "$(t_named $t_left)"
}

# t_assert_late: it answered 69 at the timeout, and nothing is left.
t_assert_late() {
	t_assert_rc 69 && t_assert_err 'was not ready in 0.3 seconds'
	t_assert_absent d.pid
	t_assert_none_left
}

# --- dying ---------------------------------------------------------------------

t_dies() { # MODE SECONDS-LONG-TIMEOUT ENDING MS TEXT
	t_timed t_spawn DAEMONIZE_READY="$1" DAEMONIZE_TIMEOUT=20 DAEMONIZE_PIDFILE=d.pid \
		DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/dier" "$2" "$3"
	t_assert_dead "dier $4 before it was ready" || echo "in mode $1, after $3 ms"
	t_assert_err "| dier: ends with $2"
	rm -f d.log
}

testADeathAtOnceIsReportedWithItsStatus() {
	for t_mode in notify listen listen=1 alive=10; do
		t_dies "$t_mode" 3 0 'ended with status 3'
	done
}

testADeathAfterTenMillisecondsIsReportedWithItsStatus() {
	for t_mode in notify listen alive=10; do
		t_dies "$t_mode" 255 10 'ended with status 255'
	done
}

testADeathAfterHalfASecondIsReportedWithItsStatus() {
	for t_mode in notify listen alive=10; do
		t_dies "$t_mode" 1 500 'ended with status 1'
	done
}

testADeathBySignalIsReportedWithItsName() {
	t_dies notify SEGV 0 'was killed by SIGSEGV'
	t_dies listen KILL 10 'was killed by SIGKILL'
	t_dies alive=10 ABRT 500 'was killed by SIGABRT'
	t_dies notify TERM 0 'was killed by SIGTERM'
	t_dies notify sig=35 0 'was killed by SIGRTMIN+1'
}

testADumpedCoreIsMentioned() {
	case $(cat /proc/sys/kernel/core_pattern) in
	[!/\|]*) ;;
	*) t_skip 'core_pattern leads elsewhere'; return 0 ;;
	esac
	# shellcheck disable=SC3045 # dash and bash have it
	(ulimit -c unlimited) 2>/dev/null || { t_skip 'may not dump core'; return 0; }
	t_timed t_spawn DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=20 -- \
		sh -c 'ulimit -c unlimited; kill -s SEGV $$'
	t_assert_dead 'sh was killed by SIGSEGV (core dumped) before it was ready'
}

testADeathWithStatusZeroIsADeathToo() {
	t_timed t_spawn DAEMONIZE_READY=alive=10 DAEMONIZE_TIMEOUT=20 -- true
	t_assert_dead 'true ended with status 0 before it was ready'
}

testADeathBeforeTheEndOfAliveIsReported() {
	t_timed t_spawn DAEMONIZE_READY=alive=3 -- "$T_PROGRAMS/dier" 4 200
	t_assert_dead 'dier ended with status 4 before it was ready'
}

# t_gate: gate.so, which stops each process but the first that loads it, before
# any constructor, until somebody has written to the FIFO gate: the copy, that
# is. With the word "die" there, the process ends.
t_gate() {
	t_need "${CC:-cc}" || return 1
	cat >gate.c <<-'END'
		#define _GNU_SOURCE
		#include <fcntl.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		static void nothing(void) {}
		__attribute__((used)) static void (*resolve(void))(void)
		{
			char word = 'l';
			long fd;

			if (syscall(SYS_mkdirat, AT_FDCWD, "first", 0700) == 0)
				return nothing;
			syscall(SYS_mkdirat, AT_FDCWD, "second", 0700);
			fd = syscall(SYS_openat, AT_FDCWD, "gate", O_RDONLY);
			if (syscall(SYS_read, fd, &word, 1) == 1 && word == 'd')
				syscall(SYS_exit_group, 3);
			syscall(SYS_close, fd);
			return nothing;
		}
		static void gate(void) __attribute__((ifunc("resolve")));
		__attribute__((constructor)) static void use(void) { gate(); }
	END
	mkfifo gate && "${CC:-cc}" -shared -fPIC -Wl,-z,now -o gate.so gate.c && return
	t_skip 'needs a compiler that knows ifunc'
	return 1
}

testADeathBeforeMainIsReportedInModeMain() {
	t_gate || return 0
	exec 8<>gate
	echo die >&8
	T_PRELOAD_FIRST="${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$WORK/gate.so"
	t_timed t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- \
		"$T_PROGRAMS/probe" --stay 8<&-
	exec 8<&-
	T_PRELOAD_FIRST=${T_PRELOAD_FIRST%"$WORK/gate.so"}
	T_PRELOAD_FIRST=${T_PRELOAD_FIRST%:}
	t_assert_dead 'probe ended with status 3 before it was ready'
	t_assert_absent d.log
}

testAProgramThatDiesInMainIsStartedInModeMain() {
	t_spawn DAEMONIZE_READY=main DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- \
		"$T_PROGRAMS/dier" 3
	t_assert_rc 0
	t_assert_silent
	t_wait_for 5 grep -q 'ends with 3' d.log
	t_wait_for 2 test ! -e d.pid # its destructor took it away
	t_assert_absent d.pid
}

# How long after the last thing a program did the launcher's caller knows.
testADeathIsKnownWithinMilliseconds() {
	t_need "$T_PYTHON" || return 0
	cat >median.py <<-'END'
		import os, subprocess, sys, time
		DIES = "import os, time; os.write(1, b'%d\\n' % time.monotonic_ns()); os._exit(3)"
		python, preload = sys.argv[1:]
		def late(mode):
		    if os.path.exists("d.log"):
		        os.unlink("d.log")
		    env = dict(os.environ, LD_PRELOAD=preload, DAEMONIZE_READY=mode,
		               DAEMONIZE_TIMEOUT="20", DAEMONIZE_LOGFILE="d.log")
		    p = subprocess.Popen([python, "-S", "-E", "-c", DIES], env=env,
		                         stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
		    p.communicate()
		    now = time.monotonic_ns()
		    assert p.returncode == 69, p.returncode
		    with open("d.log") as log:
		        return (now - int(log.read())) / 1e6
		for mode in "notify", "listen", "alive=10":
		    all = sorted(late(mode) for i in range(int(os.environ.get("RUNS", "15"))))
		    print("%s median %.1f ms, most %.1f ms" % (mode, all[len(all) // 2], all[-1]))
		    assert all[len(all) // 2] < 100, all
	END
	t_capture "$T_PYTHON" median.py "$T_PYTHON" "${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$T_LIB"
	t_assert_rc 0
	cat out
}

# Before main, so that the copy cannot have spoken.
testADeathInTheLoaderIsToldInFullWithTheStepsToo() {
	t_need "${CC:-cc}" || return 0
	echo 'int f(void) { return 0; }' >f.c
	echo 'int f(void); int main(void) { return f(); }' >m.c
	"${CC:-cc}" -shared -fPIC -o libf.so f.c && "${CC:-cc}" -o m m.c -L. -lf || return
	rm libf.so
	t_dstart -p d.pid ./m
	t_assert_rc 69 && t_assert_err './m ended with status 127 before it was ready'
	t_dstart -v -p d.pid ./m
	t_assert_rc 69 && t_assert_err './m ended with status 127 before it was ready'
}

# --- the last lines of its log ----------------------------------------------------

t_fails_saying() { # SCRIPT [VAR=VALUE]...
	t_script=$1
	shift
	t_spawn DAEMONIZE_READY=alive=10 DAEMONIZE_TIMEOUT=20 "$@" -- sh -c "$t_script"
	t_assert_rc 69
}

t_shown() { sed -n 's/^libdaemonize: | //p' "$WORK/err"; }

testTheLastTenLinesOfTheLogAreShown() {
	t_fails_saying 'i=1; while [ $i -le 15 ]; do echo "line $i"; i=$((i + 1)); done; exit 1' \
		DAEMONIZE_LOGFILE=d.log
	awk 'BEGIN { for (i = 6; i <= 15; i++) print "line " i }' >expected
	t_shown >shown
	t_assert_same expected shown
}

testALastLineWithoutNewlineIsShown() {
	t_fails_saying 'echo one; printf two; exit 1' DAEMONIZE_LOGFILE=d.log
	assertEquals 'one two' "$(t_shown | xargs)"
}

testALastLineOfManyThousandBytesIsShownInPart() {
	t_fails_saying 'head -c 100000 /dev/zero | tr "\0" x; echo end; exit 1' \
		DAEMONIZE_LOGFILE=d.log
	assertEquals 1 "$(t_shown | wc -l | xargs)"
	assertTrue 'not all of it' "[ $(t_shown | wc -c) -lt 8192 ]"
}

testWhatWasInTheLogBeforeIsNotShown() {
	echo old >d.log
	t_fails_saying 'echo new; exit 1' DAEMONIZE_LOGFILE=d.log
	assertEquals new "$(t_shown)"
	assertEquals 'old new' "$(xargs <d.log)"
}

testOfSeparateStreamsTheErrorsAreShown() {
	t_fails_saying 'echo to out; echo to err >&2; exit 1' DAEMONIZE_STDOUT=o DAEMONIZE_STDERR=e
	assertEquals 'to err' "$(t_shown)"
}

testAControlSequenceDoesNotReachTheTerminal() {
	t_fails_saying 'printf "\033[2Jred\r\a\n"; exit 1' DAEMONIZE_LOGFILE=d.log
	assertEquals '?[2Jred??' "$(t_shown)"
}

testWithoutALogTheVariableForOneIsNamed() {
	t_fails_saying 'echo lost; exit 1'
	t_assert_err DAEMONIZE_LOGFILE
	t_assert_lacks err lost
}

testALogThatTheProgramRemovedIsNoTrouble() {
	t_fails_saying 'echo x; rm d.log; exit 7' DAEMONIZE_LOGFILE=d.log
	t_assert_err 'sh ended with status 7 before it was ready'
}

testALogThatStaysEmptyIsNotLeftBehind() {
	t_fails_saying 'exit 1' DAEMONIZE_LOGFILE=d.log
	t_assert_absent d.log
}

# --- the timeout -----------------------------------------------------------------

t_late() { # COMMAND...
	t_timed t_spawn DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=0.3 DAEMONIZE_PIDFILE=d.pid \
		DAEMONIZE_LOGFILE=d.log -- "$@"
	t_assert_late
}

testOneThatIsNeverReadyIsEndedAtTheTimeout() {
	t_late "$T_PROGRAMS/probe" --stay info
	assertTrue "took $took/100 s" "[ $took -ge 30 ] && [ $took -lt 200 ]"
	t_assert_gone "$(t_field info pid)"
}

testATimeoutHoldsForEveryMode() {
	for t_mode in notify listen listen=/nowhere; do
		t_spawn DAEMONIZE_READY=$t_mode DAEMONIZE_TIMEOUT=0.3 DAEMONIZE_PIDFILE=d.pid -- \
			"$T_PROGRAMS/probe" --stay info
		t_assert_late
	done
}

testATimeoutIsShownAsItWasGiven() {
	for t_time in 0.25 0.05 1; do
		t_spawn DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=$t_time -- sleep 100
		t_assert_rc 69 && t_assert_err "sleep was not ready in $t_time seconds"
	done
}

testOneThatIsTooLateMayTidyUp() {
	t_late sh -c 'trap "echo tidy >tidied; exit" TERM; while :; do sleep 0.02; done'
	assertEquals tidy "$(cat tidied)"
}

testOneThatIgnoresTermIsKilled() {
	t_late sh -c 'trap "" TERM; echo deaf; while :; do sleep 0.1; done'
	assertTrue "took $took/100 s" "[ $took -lt 1000 ]"
	t_assert_err '| deaf'
}

testOneThatIsStoppedIsKilled() {
	t_late sh -c 'kill -s STOP $$'
}

testItsWorkersAreEndedWithIt() {
	t_late "$T_PROGRAMS/worker" 3 workers
	assertEquals 3 "$(wc -l <workers | xargs)"
}

testWorkersThatIgnoreTermAreKilled() {
	t_late sh -c 'trap "" TERM; sleep 100 & sleep 100 & exec sleep 100'
}

testChildrenInSessionsOfTheirOwnAreKilled() {
	t_late sh -c 'setsid sleep 100 & setsid setsid sh -c "sleep 100 & sleep 100" & exec sleep 100'
}

testOrphansInSessionsOfTheirOwnAreKilled() {
	t_late sh -c '(setsid sleep 100 &); (setsid setsid sh -c "trap \"\" TERM; sleep 100" &)
		exec sleep 100'
}

testChildrenOfOneThatDiedAreKilled() {
	t_timed t_spawn DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=20 DAEMONIZE_PIDFILE=d.pid -- \
		sh -c 'sleep 100 & setsid sleep 100 & (sleep 100 &) ; exit 3'
	t_assert_dead 'sh ended with status 3 before it was ready'
}

# What servers write at their end is written: their workers are not asked first.
testAProcessInASessionOfItsOwnMayTidyUp() {
	t_late sh -c 'setsid sh -c "trap \"echo tidy >tidied; exit\" TERM; while :; do sleep 0.02; done" &
		exec sleep 100'
	assertEquals tidy "$(cat tidied)"
}

testWhatAFailingProgramLeavesBehindMayTidyUp() {
	t_timed t_spawn DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=20 DAEMONIZE_PIDFILE=d.pid -- sh -c '
		setsid sh -c "trap \"echo tidy >tidied; exit\" TERM; echo >up; while :; do sleep 0.02; done" &
		while [ ! -e up ]; do sleep 0.02; done; exit 3'
	t_assert_dead 'sh ended with status 3 before it was ready'
	assertEquals tidy "$(cat tidied)"
}

# exec in a script: the children that the shell had are the launcher's before
# there is a daemon.
testChildrenOfTheCallerAreLeftAlone() {
	t_capture sh -c 'sleep 100 </dev/null >/dev/null 2>&1 & echo $! >bystander
		exec env DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=0.2 \
		LD_PRELOAD="$1" "$2" --stay' sh \
		"${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$T_LIB" "$T_PROGRAMS/probe"
	t_assert_rc 69
	t_track "$(cat bystander)"
	assertTrue 'the bystander lives' "t_alive $(cat bystander)"
}

# Nor what these leave behind while we wait: it is the launcher's child then.
testOrphansOfTheCallersAreLeftAlone() {
	cat >other <<-'END'
		while [ ! -e began ]; do sleep 0.02; done
		setsid sleep 100 & echo $! >orphan
	END
	t_capture sh -c 'sh ./other </dev/null >/dev/null 2>&1 &
		exec env DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=1 "$@"' sh \
		"LD_PRELOAD=${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$T_LIB" \
		sh -c 'echo >began; exec sleep 100'
	t_assert_rc 69
	t_wait_for 5 test -s orphan
	t_track "$(cat orphan)"
	assertTrue 'the orphan lives' "t_alive $(cat orphan)"
}

testALaterStartFindsNoTraceOfTheFailedOne() {
	t_late "$T_PROGRAMS/probe" --stay
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid
}

testAPidFileThatWasThereStaysAfterAFailure() {
	sh -c 'echo $$' >d.pid
	t_spawn DAEMONIZE_READY=alive=5 DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/dier" 3
	t_assert_rc 69
	assertFalse 'it names the dead' "[ -n '$(cat d.pid 2>/dev/null)' ] && t_pid d.pid && t_alive \$t_pid"
}

# --- alive -----------------------------------------------------------------------

testAliveWaitsForThatLong() {
	t_timed t_spawn DAEMONIZE_READY=alive=0.5 DAEMONIZE_PIDFILE=d.pid -- \
		"$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid
	t_assert_silent
	assertTrue "took $took/100 s" "[ $took -ge 50 ] && [ $took -lt 250 ]"
}

testAliveLongerThanTheTimeoutIsRefused() {
	t_spawn DAEMONIZE_READY=alive=40 -- "$T_PROGRAMS/probe" --stay info
	t_assert_rc 78 && t_assert_err DAEMONIZE_TIMEOUT
	t_assert_absent info
}

# --- the launcher is interrupted ---------------------------------------------------

# t_interrupted NUMBER SIGNAL COMMAND...: with COMMAND, which sends its parent,
# the launcher, SIGNAL. The signals are reset, for a test may run in the
# background, where INT is ignored.
t_interrupted() {
	env --default-signal=INT true 2>/dev/null || { t_skip 'needs env(1) of GNU'; return 0; }
	T_WRAP='env --default-signal=INT,TERM,HUP,QUIT'
	t_timed t_spawn DAEMONIZE_READY="${T_MODE:-notify}" DAEMONIZE_TIMEOUT=20 \
		DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- sh -c "kill -s $2 \$PPID; $3"
	t_assert_rc $((128 + $1))
	assertTrue "took $took/100 s" "[ $took -lt 1000 ]"
	t_assert_absent d.pid
	t_assert_none_left
}

testAnInterruptEndsTheHalfStartedDaemon() { t_interrupted 2 INT 'exec sleep 100'; }
testATerminationEndsTheHalfStartedDaemon() { t_interrupted 15 TERM 'exec sleep 100'; }
testAHangupEndsTheHalfStartedDaemon() { t_interrupted 1 HUP 'exec sleep 100'; }
testAnInterruptEndsOneThatIgnoresTerm() {
	t_interrupted 2 INT 'trap "" TERM; while :; do sleep 0.1; done'
}
testAnInterruptEndsWorkersToo() {
	t_interrupted 2 INT 'setsid sleep 100 & sleep 100 & exec sleep 100'
}
testAnInterruptWorksInModeListen() { T_MODE=listen t_interrupted 2 INT 'exec sleep 100'; }
testAnInterruptWorksInModeAlive() { T_MODE=alive=10 t_interrupted 15 TERM 'exec sleep 100'; }

# Whatever it is: the daemon would stay unready, and nobody would know of it.
t_every_signal() {
	for t_number in 4 5 6 7 8 10 11 12 14 24 26 27 29 30 31 34 35 64; do
		rm -f d.log
		T_WRAP="env --default-signal=$t_number"
		t_timed t_spawn DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=20 DAEMONIZE_PIDFILE=d.pid \
			DAEMONIZE_LOGFILE=d.log -- sh -c "kill -$t_number \$PPID; exec sleep 100"
		t_assert_rc $((128 + t_number)) || echo "by signal $t_number"
		assertTrue "took $took/100 s" "[ $took -lt 1000 ]"
		t_assert_absent d.pid
	done
	t_assert_none_left
}

testEverySignalThatWouldEndTheLauncherEndsTheDaemon() {
	env --default-signal=INT true 2>/dev/null || { t_skip 'needs env(1) of GNU'; return 0; }
	t_every_signal
}

# The host may have threads before its main: a c-shared Go library, an allocator.
testASignalThatAnotherThreadWouldGetEndsTheDaemonToo() {
	[ -z "$T_PRELOAD_FIRST" ] || { t_skip 'a sanitizer has its own ways with signals'; return 0; }
	env --default-signal=INT true 2>/dev/null || { t_skip 'needs env(1) of GNU'; return 0; }
	t_need "${CC:-cc}" || return 0
	cat >threads.c <<-'END'
		#include <pthread.h>
		#include <unistd.h>
		static void *wait_for_ever(void *none) { for (;;) pause(); return none; }
		__attribute__((constructor)) static void begin(void)
		{
			pthread_t thread;

			pthread_create(&thread, NULL, wait_for_ever, NULL);
		}
	END
	"${CC:-cc}" -shared -fPIC -pthread -Wl,-z,initfirst -o threads.so threads.c || return
	T_PRELOAD_FIRST="${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$WORK/threads.so"
	t_every_signal
	# nor does the end of a child get lost
	t_timed t_spawn DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=20 DAEMONIZE_PIDFILE=d.pid \
		DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/dier" 3 100
	T_PRELOAD_FIRST=${T_PRELOAD_FIRST%"$WORK/threads.so"}
	T_PRELOAD_FIRST=${T_PRELOAD_FIRST%:}
	t_assert_dead 'dier ended with status 3 before it was ready'
}

testAHangupThatTheCallerIgnoresIsIgnored() {
	T_WRAP='nohup'
	t_spawn DAEMONIZE_READY=alive=0.4 DAEMONIZE_TIMEOUT=20 DAEMONIZE_PIDFILE=d.pid -- \
		sh -c 'kill -s HUP $PPID; exec sleep 100'
	t_assert_started d.pid
}

# The launcher, as it waits for the copy that waits at the gate, in $launcher.
t_at_the_gate() {
	t_gate || return 1
	env --default-signal=INT true 2>/dev/null || { t_skip 'needs env(1) of GNU'; return 1; }
	env --default-signal=INT DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log "$@" \
		LD_PRELOAD="${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$WORK/gate.so:$T_LIB" \
		"$T_PROGRAMS/probe" --stay info </dev/null >out 2>err &
	launcher=$!
	t_track "$launcher"
	t_wait_for 5 test -d second
}

# Whatever happens to the launcher: no daemon that nobody knows of.
t_gate_after() { # STATUS SIGNAL
	kill -s "$2" "$launcher"
	rc=0
	wait "$launcher" || rc=$?
	assertEquals "$1" "$rc"
	echo live 1<>gate
	t_wait_for 5 t_none_left
	t_assert_none_left
	t_assert_absent info d.pid
}

testWithoutItsLauncherThereIsNoDaemon() {
	t_at_the_gate || return 0
	t_gate_after 137 KILL 2>/dev/null
}

testALauncherInterruptedBeforeTheDaemonIsInPlaceLeavesNone() {
	t_at_the_gate || return 0
	t_gate_after 130 INT 2>/dev/null
}

testALauncherThatIsToWaitInterruptedThatEarlyLeavesNone() {
	t_at_the_gate DAEMONIZE_READY=notify || return 0
	t_gate_after 143 TERM 2>/dev/null
}

testALogCommandInPreparationEndsWithAnInterrupt() {
	env --default-signal=INT true 2>/dev/null || { t_skip 'needs env(1) of GNU'; return 0; }
	env --default-signal=INT DAEMONIZE_PIDFILE=d.pid \
		DAEMONIZE_LOGFILE='|: >began; i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done; cat' \
		LD_PRELOAD="${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$T_LIB" \
		"$T_PROGRAMS/probe" --stay info </dev/null >out 2>err &
	launcher=$!
	t_track "$launcher"
	t_wait_for 5 test -e began
	kill -s INT "$launcher"
	rc=0
	wait "$launcher" || rc=$?
	assertEquals 130 "$rc"
	t_wait_for 5 t_none_left
	t_assert_absent d.pid info
}

# --- afterwards -----------------------------------------------------------------

testWaitingLeavesNothingInTheDaemon() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	first=$pid
	t_spawn DAEMONIZE_READY=alive=0.1 DAEMONIZE_PIDFILE=e.pid -- "$T_PROGRAMS/probe" --stay info2
	t_assert_started e.pid || return
	for t_key in fds status.Threads status.SigBlk status.SigIgn status.SigCgt env.0; do
		assertEquals "$t_key" "$(t_field info $t_key)" "$(t_field info2 $t_key)"
	done
	assertEquals 'its parent' "$(t_stat "$first" 4)" "$(t_stat "$pid" 4)"
	assertEquals 'children' '' "$(cat "/proc/$pid/task/$pid/children" 2>/dev/null)"
	t_assert_lacks info2 NOTIFY_SOCKET
}

testALauncherLeavesNoProcessBehind() {
	t_spawn DAEMONIZE_READY=alive=0.1 DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid || return
	assertEquals "$pid" "$(cd / && t_ours)"
}

# --- through dstart ----------------------------------------------------------------

testDstartReportsADeathToo() {
	t_timed t_dstart -r notify -t 20 -p d.pid -l d.log -- "$T_PROGRAMS/dier" 3 10
	t_assert_dead 'dier ended with status 3 before it was ready'
	t_assert_err '| dier: ends with 3'
}

testDstartReportsTheDeathOfAStaticProgram() {
	t_timed t_dstart -r alive=10 -t 20 -p d.pid -- "$T_PROGRAMS/dier-static" SEGV 10
	t_assert_dead 'dier-static was killed by SIGSEGV before it was ready'
}

testDstartEndsAStaticProgramThatIsTooLate() {
	t_dstart -r notify -t 0.3 -p d.pid -- "$T_PROGRAMS/probe-static" --stay
	t_assert_late
}

testAMuslProgramIsWaitedForToo() {
	[ -x "$T_PROGRAMS/dier-musl" ] || { t_skip 'needs musl-gcc'; return 0; }
	t_timed t_spawn DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=20 DAEMONIZE_LOGFILE=d.log -- \
		"$T_PROGRAMS/dier-musl" ABRT 10
	t_assert_dead 'dier-musl was killed by SIGABRT before it was ready'
}

# --- before main ------------------------------------------------------------------

testACopyThatNeverGetsToUsIsEnded() {
	t_gate || return 0
	T_PRELOAD_FIRST="${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$WORK/gate.so"
	t_timed t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_TIMEOUT=0.3 -- \
		"$T_PROGRAMS/probe" --stay
	T_PRELOAD_FIRST=${T_PRELOAD_FIRST%"$WORK/gate.so"}
	T_PRELOAD_FIRST=${T_PRELOAD_FIRST%:}
	t_assert_dead 'probe was not ready in time'
}

# It looks for a second whether the lock becomes free, longer than we wait.
testACopyThatIsAtItForTooLongIsEnded() {
	t_gate || return 0
	T_PRELOAD_FIRST="${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$WORK/gate.so"
	t_timed t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_TIMEOUT=0.2 -- "$T_PROGRAMS/probe" --stay info
	T_PRELOAD_FIRST=${T_PRELOAD_FIRST%"$WORK/gate.so"}
	T_PRELOAD_FIRST=${T_PRELOAD_FIRST%:}
	t_assert_rc 69 && t_assert_err 'probe was not ready in time'
	t_assert_none_left
	t_assert_absent info
}

. "${SHUNIT2:-shunit2}"
