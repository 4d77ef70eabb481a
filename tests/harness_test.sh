#!/bin/sh
# SPDX-License-Identifier: MIT
# The runner and lib.sh, tried on fixtures: shunit2 calls many of them "OK".
set -u
. "$(dirname "$0")/lib.sh"

setUp() { t_begin || return 1; }
tearDown() { t_end; }

# t_canary NAME [VAR=VALUE]...: what the runner makes of fixtures/NAME.sh.in.
t_canary() {
	cp "$T_ROOT/tests/fixtures/$1.sh.in" "$WORK/$1_test.sh"
	t_name=$1
	shift
	t_capture env -u CI -u REQUIRE_ALL -u T_START T_ROOT="$T_ROOT" TMPDIR="$WORK" "$@" \
		"${T_SHELL:-sh}" "$T_ROOT/tests/run" -j 1 "$WORK/${t_name}_test.sh"
}

# t_assert_caught COUNTS [TEXT]: a failure, counted so, and explained by TEXT.
t_assert_caught() {
	t_assert_rc 1
	assertEquals 'the last line' "$1" "$(tail -n 1 "$WORK/out")"
	t_assert_has "$WORK/out" "${2:-}"
}

testAGoodFilePasses() {
	t_canary good DAEMONIZE=1 _DAEMONIZE_MARK=x NOTIFY_SOCKET=/nowhere LISTEN_FDS=1
	t_assert_rc 0
	assertEquals '2 passed, 0 failed' "$(tail -n 1 "$WORK/out")"
}

testAFailedAssertionIsCounted() {
	t_canary failing
	t_assert_caught '1 passed, 1 failed' 'an assertion failed'
}

testAnAssertionInASubshellIsSeen() {
	t_canary subshell
	t_assert_caught '0 passed, 1 failed' 'an assertion failed'
}

testAnAssertionInAPipelineIsSeen() {
	t_canary pipeline
	t_assert_caught '0 passed, 1 failed' 'an assertion failed'
}

testAFileWithoutTestsFails() {
	t_canary empty
	t_assert_caught '0 passed, 1 failed' 'no test in it'
}

testAMisspeltAssertionFails() {
	t_canary misspelt
	t_assert_caught '0 passed, 1 failed' 'its shell said: '
}

testAnExitInTheMiddleFails() {
	t_canary exit_zero
	t_assert_caught '0 passed, 2 failed' 'status 2'
}

testAnExitTrapDoesNotHideTheEnd() {
	t_canary exit_trap
	t_assert_caught '0 passed, 1 failed' 'no report'
}

testAParseErrorFails() {
	t_canary parse_error
	t_assert_caught '0 passed, 1 failed' 'no report'
}

testATestDefinedTwiceFails() {
	t_canary twice
	t_assert_caught '0 passed, 1 failed' 'testTheSame is defined twice'
}

testALeakedProcessFailsTheFile() {
	t_canary leak
	t_assert_caught '0 passed, 1 failed' 'left a process behind: '
}

testALeakedProcessWithoutEnvironmentFailsItsTest() {
	t_canary leak_bare
	t_assert_caught '0 passed, 1 failed' 'left behind: '
}

testASkippedTestIsListed() {
	t_canary skipping
	t_assert_rc 0
	t_assert_out 'skipped: testSkipped: needs no-such-command'
	t_assert_out '1 skipped'
	assertEquals '1 passed, 0 failed' "$(tail -n 1 "$WORK/out")"
}

testASkippedTestFailsInCI() {
	t_canary skipping CI=true
	t_assert_caught '1 passed, 1 failed' 'skipped: testSkipped: needs no-such-command'
}

testASkippedTestFailsWhereAllAreRequired() {
	t_canary skipping REQUIRE_ALL=1
	t_assert_caught '1 passed, 1 failed' 'skipped: testSkipped'
}

testAFileThatHangsIsStopped() {
	t_canary hanging T_TIMEOUT=1
	t_assert_caught '0 passed, 1 failed' 'stopped after 1 seconds'
}

# Where six want to run on each processor a second lasts six.
testABusyMachineStopsNoFile() {
	echo "procs_running $(($(getconf _NPROCESSORS_ONLN) * 6 + 1))" >stat
	t_capture env LIMIT_STAT=stat "$T_HARNESS/limit" .5 sleep 1
	t_assert_rc 0
	t_capture "$T_HARNESS/limit" .5 sleep 60
	t_assert_rc 124
}

testALimitHandsSignalsAndStatusOn() {
	t_capture "$T_HARNESS/limit" 9 sh -c 'exit 7'
	t_assert_rc 7
	"$T_HARNESS/limit" 0 sh -c 'trap "echo heard >heard; exit" INT; echo >ready; while sleep 0.02; do :; done' &
	t_wait_for 5 test -e ready || fail 'not begun'
	kill -s INT $!
	wait $!
	assertEquals 130 $?
	assertEquals heard "$(cat heard)"
}

testATestThatEndsFalseFails() {
	t_canary last_false
	t_assert_caught '0 passed, 1 failed'
}

testAForgedPidFileKillsNobody() {
	sleep 60 </dev/null >/dev/null 2>&1 &
	t_track $!
	t_canary forged FORGED=$!
	t_assert_rc 0
	assertTrue 'it lives' "t_alive $!"
}

testAFileIsRunInEachOfItsModes() {
	t_canary modes
	t_assert_rc 0
	assertEquals '4 passed, 0 failed' "$(tail -n 1 "$WORK/out")"
	t_assert_out 'modes_test.sh static'
	t_canary modes T_START=static
	assertEquals '2 passed, 0 failed' "$(tail -n 1 "$WORK/out")"
}

testAMissingFileFails() {
	t_capture env TMPDIR="$WORK" "${T_SHELL:-sh}" "$T_ROOT/tests/run" "$WORK/none_test.sh"
	t_assert_caught '0 passed, 1 failed'
}

testAllFilesRunAfterAFailure() {
	for t_name in failing good; do
		cp "$T_ROOT/tests/fixtures/$t_name.sh.in" "$WORK/a ${t_name}_test.sh"
	done
	t_capture env T_ROOT="$T_ROOT" TMPDIR="$WORK" \
		"${T_SHELL:-sh}" "$T_ROOT/tests/run" -j 2 "$WORK"/*_test.sh
	t_assert_caught '3 passed, 1 failed'
}

testAnInterruptedRunLeavesNothing() {
	cp "$T_ROOT/tests/fixtures/hanging.sh.in" hanging_test.sh
	env T_ROOT="$T_ROOT" TMPDIR="$WORK" "${T_SHELL:-sh}" "$T_ROOT/tests/run" \
		hanging_test.sh </dev/null >out 2>&1 &
	runner=$!
	t_wait_for 10 t_runs_test || fail 'the file never ran'
	kill -s TERM "$runner"
	t_assert_gone "$runner" || return
	wait "$runner"
	assertEquals 143 $?
	t_assert_absent "$WORK"/tests.*
}

# The fixture has come so far that shunit2 has printed the name of its test.
t_runs_test() { cat "$WORK"/tests.*/1/log 2>/dev/null | grep -q testForever; }

testOneTestOfAFileCanBeRunAlone() {
	cp "$T_ROOT/tests/fixtures/failing.sh.in" failing_test.sh
	t_capture env T_ROOT="$T_ROOT" "${T_SHELL:-sh}" failing_test.sh -- testThatPasses
	t_assert_rc 0
	t_assert_out testThatPasses
	t_assert_lacks out testThatFails
}

testTheMapNamesEachFile() {
	for t_file in "$T_ROOT"/tests/*_test.sh; do
		t_assert_has "$T_ROOT/tests/README.md" "\`${t_file##*/}\`"
	done
}

testABadNumberOfJobsIsAUsageError() {
	t_capture "${T_SHELL:-sh}" "$T_ROOT/tests/run" -j 0
	t_assert_rc 64
	t_assert_err 'usage: tests/run'
}

# --- lib.sh ------------------------------------------------------------------

testAPidFileIsReadStrictly() {
	for t_text in '' '0\n' '12' '12 \n' '-1\n' '1x\n' '12\n34\n' '012\n' ' 12\n' 'x\n'; do
		printf '%b' "$t_text" >p
		assertFalse "accepted '$t_text'" 't_has_pid p'
	done
	assertFalse 'accepted no file' 't_has_pid none'
	echo 4711 >p
	assertEquals 4711 "$(t_pid p)"
}

testAWaitEnds() {
	assertFalse 't_wait_for 0 false'
	assertTrue 't_wait_for 1 true'
}

testThisShellIsAliveAndAnEndedProcessIsNot() {
	true &
	wait $!
	assertTrue "t_alive $$"
	assertTrue "t_gone $!"
}

testAZombieIsGone() {
	# the shell that waits has become a sleep, which never reaps
	sh -c 'true & echo $! >zombie; exec sleep 60' </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 test -s zombie
	t_wait_for 5 t_gone "$(cat zombie)" || fail 'a zombie counts as alive'
}

testCaptureKeepsOutputAndStatusApart() {
	t_capture sh -c 'echo said; echo complained >&2; exit 7'
	t_assert_rc 7
	assertEquals said "$(cat out)"
	assertEquals complained "$(cat err)"
}

testSpawnGivesTheLibraryToTheCommandOnly() {
	# the loader complains, with its own name for them, in each program preloaded
	saved=$T_LIB
	T_PRELOAD_FIRST=/first.so T_LIB=/second.so
	# shellcheck disable=SC2016 # for the inner shell
	t_spawn A=1 -- sh -c 'echo "$A $LD_PRELOAD"'
	T_PRELOAD_FIRST='' T_LIB=$saved
	assertEquals '1 /first.so:/second.so' "$(cat out)"
	assertEquals '' "${LD_PRELOAD:-}"
	assertEquals 'programs preloaded' 1 "$(grep -c /second.so err)"
}

testPlainRunsWithoutTheLibrary() {
	# shellcheck disable=SC2016 # for the inner shell
	t_plain A='b c' -- sh -c 'echo "$A${LD_PRELOAD:-}"'
	assertEquals 'b c' "$(cat out)"
}

testDeferredCommandsRunInReverse() {
	t_defer 'echo first >>order'
	t_defer 'echo second >>order'
	t_end
	assertEquals 'second first' "$(tr '\n' ' ' <"$WORK/order" | sed 's/ $//')"
}

testAnOrdinaryUserCanBePlayed() {
	t_need_switch || return 0
	assertEquals "$(id -u "$T_USER")" "$(t_as_user id -u)"
}

. "${SHUNIT2:-shunit2}"
