#!/bin/sh
# SPDX-License-Identifier: MIT
# The launcher: its command line, and programs that cannot be preloaded.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# --- helpers -----------------------------------------------------------------------

t_loaded() { grep -q libdaemonize.so "/proc/$1/maps"; }

# t_direct COMMAND...: it is daemonized though it cannot be preloaded.
t_direct() {
	t_dstart -p d.pid -- "$@"
	t_assert_started d.pid || return
	assertFalse 'the library is in it' "t_loaded $pid"
	assertEquals 'no session of its own' 0 "$(t_stat "$pid" 7)"
	assertNotEquals 'leader of its session' "$pid" "$(t_stat "$pid" 6)"
	t_dsig status ./d.pid
	t_assert_rc 0 && t_assert_out running
}

# --- the command line --------------------------------------------------------------

testEachOptionIsAVariableOfTheTable() {
	t_dstart --help
	t_assert_rc 0 || return
	sed -n 's/^	{ "\([A-Z_0-9]\{1,\}\)".*/\1/p' "$T_ROOT/shim/options/options_table.c" |
		grep -v '^COMMANDS$' | tr '[:upper:]_' '[:lower:]-' | sort >variables
	sed -n 's/^ *\(-.,\)\{0,1\} *--\([a-z0-9-]*\).*/\2/p' out |
		grep -vxE 'help|version|dry-run|print-pid|replace' | sort >options
	[ -s variables ]
	assertEquals 0 $?
	t_assert_same variables options
}

testVersionIsTheMakefiles() {
	t_dstart --version
	assertEquals "dstart $(sed -n 's/^VERSION = //p' "$T_ROOT/Makefile")" "$(cat out)"
}

testValuesAreTakenInEveryUsualForm() {
	for form in '-p d.pid' '-pd.pid' '--pidfile d.pid' '--pidfile=d.pid' '-vp d.pid'; do
		# shellcheck disable=SC2086 # words
		t_dstart $form "$T_PROGRAMS/probe" --stay
		t_assert_started d.pid || { echo "$form"; return; }
		t_dsig stop ./d.pid
	done
	t_assert_rc 0
}

testTheProgramsOwnOptionsAreItsOwn() {
	t_dstart -p d.pid "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	assertEquals --stay "$(t_field info argv.1)"
}

testAnOptionGoesOverTheVariable() {
	t_capture timeout 60 env DAEMONIZE_PIDFILE=other.pid "$T_DSTART" -p d.pid \
		"$T_PROGRAMS/probe" --stay
	t_assert_started d.pid && t_assert_absent other.pid
}

testAnUnknownOptionIsUsage() {
	t_dstart --pidfle d.pid true
	t_assert_rc 64 && t_assert_err 'unknown option --pidfle, did you mean --pidfile?'
}

testAMissingValueIsUsage() {
	t_dstart -p
	t_assert_rc 64 && t_assert_err '-p: needs a value'
}

testABadValueOnTheCommandLineIsUsage() {
	t_dstart --umask 9 true
	t_assert_rc 64 && t_assert_err "--umask: '9': an octal mask"
}

testABadVariableIsConfiguration() {
	t_capture timeout 60 env DAEMONIZE_UMASK=9 "$T_DSTART" true
	t_assert_rc 78
}

testNoProgramIsUsage() {
	t_dstart -p d.pid
	t_assert_rc 64 && t_assert_absent d.pid
}

testDaemonize0RunsItAsItIs() {
	t_capture timeout 60 env DAEMONIZE=0 "$T_DSTART" -p d.pid sh -c 'echo "$$" >ran; exit 7'
	t_assert_rc 7 && t_assert_absent d.pid
}

# --- finding the program ---------------------------------------------------------

testAProgramThatIsNotThereIs127() {
	t_dstart -p d.pid no-such-program
	t_assert_rc 127 && t_assert_err 'unable to execute no-such-program' && t_assert_absent d.pid
}

testOneThatMustNotBeExecutedIs126() {
	: >plain
	t_dstart ./plain
	t_assert_rc 126
}

testADirectoryIs126() {
	mkdir sub
	t_dstart ./sub
	t_assert_rc 126
}

testAMissingInterpreterIsNamed() {
	printf '#!/no/such/interpreter\n' >script
	chmod +x script
	t_dstart -p d.pid ./script
	t_assert_rc 127 && t_assert_err /no/such/interpreter && t_assert_err ./script &&
		t_assert_absent d.pid
}

testAFileOfNoKnownFormatIs126() {
	printf 'neither this\0nor that\n' >script
	chmod +x script
	t_dstart -p d.pid ./script
	t_assert_rc 126 && t_assert_absent d.pid
}

testItIsExecutedOnce() {
	t_need_strace || return 0
	strace -f -o trace -e trace=execve "$T_DSTART" -p d.pid "$T_PROGRAMS/probe" \
		</dev/null >out 2>err
	assertEquals 'dstart, and the program once' 2 "$(grep -c 'execve(.*= 0' trace)"
}

# --- preloading ------------------------------------------------------------------

testOtherEntriesAreKeptBeforeOurs() {
	t_need cc || return 0
	echo 'int nothing;' >other.c
	cc -shared -fPIC -o other.so other.c
	t_capture timeout 60 env LD_PRELOAD="$WORK/other.so" "$T_DSTART" -p d.pid \
		"$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	grep -q other.so "/proc/$pid/maps" && t_loaded "$pid"
	assertEquals 0 $?
	t_assert_has info "LD_PRELOAD=$WORK/other.so"
}

testALibraryPathWithASpaceIsRefused() {
	mkdir 'with space'
	cp "$T_DSTART" "$T_LIB" 'with space/'
	t_capture 'with space/dstart' -p d.pid "$T_PROGRAMS/probe"
	t_assert_rc 71 && t_assert_err 'space or colon' && t_assert_absent d.pid
}

testWithoutTheLibraryNothingIsStartedInTheForeground() {
	mkdir lone
	cp "$T_DSTART" lone/
	strings lone/dstart | grep -q '^/.*/libdaemonize.so$' || :
	t_capture lone/dstart -p d.pid "$T_PROGRAMS/probe" ran
	# one that is installed may have been found
	case $rc in
	71) t_assert_err 'unable to find libdaemonize.so' && t_assert_absent ran ;;
	*) t_assert_rc 0 ;;
	esac
}

testDryRunStartsNothing() {
	t_dstart --dry-run -p d.pid -l d.log "$T_PROGRAMS/probe" ran
	t_assert_rc 0 || return
	t_assert_absent ran d.pid d.log
	t_assert_out "$T_LIB"
	t_assert_out 'can be preloaded'
}

testVerboseTellsTheStepsWithTheirTimes() {
	t_dstart -v -p d.pid -l d.log -r alive=0.1 "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid || return
	sed -n 's/^dstart: *[0-9]*\.[0-9][0-9] ms: //p' err >steps
	cat >expected <<-END
	locked pid file $WORK/d.pid
	opened log file $WORK/d.log
	wrote $WORK/d.pid
	executing $T_PROGRAMS/probe
	locked $WORK/d.pid
	waiting until it is ready
	ready as pid $pid
	END
	t_assert_same expected steps
}

# --- what cannot be preloaded ----------------------------------------------------

testAStaticProgramIsDaemonized() { t_direct "$T_PROGRAMS/probe-static" --stay; }

testAStaticGoProgramIsDaemonized() {
	t_need go || return 0
	cat >main.go <<-'END'
	package main
	import ("os"; "os/signal"; "syscall")
	func main() { c := make(chan os.Signal, 1); signal.Notify(c, syscall.SIGTERM); <-c }
	END
	env CGO_ENABLED=0 GO111MODULE=off HOME="$WORK" GOCACHE="$WORK/cache" GOFLAGS=-p=2 \
		go build -o static main.go >go.log 2>&1 || { t_skip "go: $(tail -n 1 go.log)"; return; }
	t_direct ./static
	chmod -R u+w cache
}

testAStaticMuslProgramIsDaemonized() {
	[ -x "$T_PROGRAMS/probe-musl-static" ] || { t_skip 'needs musl-gcc'; return; }
	t_direct "$T_PROGRAMS/probe-musl-static" --stay
}

testASetuidProgramIsDaemonized() {
	t_need_user || return 0
	cp "$T_PROGRAMS/sigprobe" suid
	chmod 4755 suid
	chmod 777 .
	T_WRAP=$T_AS_USER
	t_dstart --dry-run ./suid
	if grep -q 'can be preloaded' out; then t_skip 'mounted nosuid'; return; fi
	t_assert_out 'not preloaded' || return
	t_dstart -p d.pid ./suid --all got
	t_assert_started d.pid || return
	assertFalse 'the library is in it' "t_loaded $pid"
	kill -s KILL "$pid"
}

testAProgramWithFileCapabilitiesIsDaemonized() {
	t_need_user || return 0
	t_need setcap || return 0
	cp "$T_PROGRAMS/probe" capable
	setcap cap_net_raw=ep capable 2>/dev/null || { t_skip 'no file capabilities here'; return; }
	chmod 777 .
	T_WRAP=$T_AS_USER
	t_dstart -p d.pid ./capable --stay
	t_assert_started d.pid || return
	assertFalse 'the library is in it' "t_loaded $pid"
}

testAScriptOfAStaticInterpreterIsDaemonized() {
	cp "$T_PROGRAMS/probe-static" interpreter
	printf '#!%s --stay\n' "$WORK/interpreter" >script
	chmod +x script
	t_direct ./script
}

testAllOfTheContextGoesWithoutTheLibrary() {
	t_need_root || return 0
	mkdir sub
	: >vars
	echo 'ADDED=yes' >vars
	t_dstart -p d.pid -l d.log -d sub --umask 027 -u nobody --envfile vars \
		"$T_PROGRAMS/probe-static" --stay
	t_assert_started d.pid || return
	t_wait_for 5 grep -q '^threads' d.log || t_wait_for 1 test -s d.log
	assertEquals "$WORK/sub" "$(t_field d.log cwd)"
	assertEquals 0027 "$(t_field d.log status.Umask)"
	t_assert_has d.log ADDED=yes
	assertEquals "$(id -u nobody)" "$(stat -c %u "/proc/$pid")"
}

testItsEarlyDeathIsReported() {
	t_dstart -l d.log -r alive=5 "$T_PROGRAMS/dier-static" 3 0
	t_assert_rc 69 && t_assert_err 'ended with status 3'
}

testASecondStartIsRefused() {
	t_direct "$T_PROGRAMS/probe-static" --stay
	t_dstart -p d.pid "$T_PROGRAMS/probe-static" --stay
	t_assert_rc 75 && t_assert_err "already running as pid $pid ($WORK/d.pid)"
}

testOptionsThatAreNotUnderstoodAreUsageErrors() {
	t_dstart --help=much && t_assert_rc 64 && t_assert_err '--help=much: takes no value'
	t_dstart --pidfile && t_assert_rc 64 && t_assert_err '--pidfile: needs a value'
	t_dstart -p && t_assert_rc 64 && t_assert_err '-p: needs a value'
	t_dstart -vZ true && t_assert_rc 64 && t_assert_err 'unknown option -Z'
	t_dstart --no-such=1 true && t_assert_rc 64 && t_assert_err 'unknown option --no-such=1'
}

testAFlagNeedsNoValueAndTakesOne() {
	t_dstart --clearenv --argv0 other --dry-run -- sleep 1
	t_assert_rc 0 && t_assert_out 'arguments: other 1'
	t_dstart --clearenv=maybe --dry-run -- sleep 1
	t_assert_rc 64 && t_assert_err "--clearenv: 'maybe': 1 or 0"
}

testWhatCannotBeExecutedIsSaidWithoutDaemonizingToo() {
	printf 'neither this nor that\n' >odd
	chmod +x odd
	T_WRAP='env DAEMONIZE=0'
	t_dstart ./odd
	t_assert_rc 126 && t_assert_err 'unable to execute ./odd: Exec format error'
}

testABrokenLibraryBesideItIsSaid() {
	mkdir bin
	cp "$T_DSTART" bin/dstart
	echo 'no library' >bin/libdaemonize.so
	t_capture timeout 20 env ${T_PRELOAD_FIRST:+"LD_PRELOAD=$T_PRELOAD_FIRST"} bin/dstart true
	t_assert_rc 71 && t_assert_err 'bin/libdaemonize.so cannot be preloaded: Exec format error'
	mkdir 'a b'
	cp "$T_DSTART" "$T_LIB" 'a b/'
	t_capture timeout 20 env ${T_PRELOAD_FIRST:+"LD_PRELOAD=$T_PRELOAD_FIRST"} 'a b/dstart' true
	t_assert_rc 71 && t_assert_err 'its path has a space or colon'
}

# --- what it prints ------------------------------------------------------------------

testThePidIsPrinted() {
	t_dstart --print-pid -p d.pid "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid && assertEquals "$pid" "$(cat out)"
	t_dstart --print-pid "$T_PROGRAMS/probe" --stay info
	t_assert_rc 0 || return
	t_wait_for 5 test -s info
	assertEquals "$(t_field info pid)" "$(cat out)"
	t_track "$(cat out)"
	t_dstart --print-pid -f "$T_PROGRAMS/probe" info
	t_assert_rc 0 && assertEquals "$(t_field info pid)" "$(cat out)"
	t_dstart --print-pid -l /nodir/log true
	t_assert_empty out
	rc=0
	"$T_DSTART" -N true >/dev/full 2>err || rc=$?
	t_assert_rc 74 && t_assert_err 'unable to write to standard output'
}

testADryRunChecksWhatCanBeChecked() {
	t_dstart -N -u nosuch -d /nodir -l /nodir/x --stdin=nofile -- "$T_PROGRAMS/probe"
	t_assert_rc 67
	for t_case in "user 'nosuch'" 'log file /nodir/x' 'directory to /nodir' "input $WORK/nofile"; do
		t_assert_err "$t_case"
	done
	t_dstart -N --keep-fds=77 -- "$T_PROGRAMS/probe"
	t_assert_rc 78
	t_dstart -N --envfile=none -- "$T_PROGRAMS/probe"
	t_assert_rc 78
	t_dstart -N -p /nodir/d.pid -- "$T_PROGRAMS/probe"
	t_assert_rc 73
	t_dstart -p d.pid "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid || return
	t_dstart -N -p d.pid -- "$T_PROGRAMS/probe"
	t_assert_rc 75 && t_assert_err "already running as pid $pid"
	t_dstart -N --replace -p d.pid -- "$T_PROGRAMS/probe"
	t_assert_rc 0
	t_assert_absent x log
}

testADryRunShowsEveryOptionThatWasGiven() {
	t_capture env DAEMONIZE_UMASK=077 "$T_DSTART" -N -p d.pid -l log --groups= --stop=QUIT/5 -v \
		-- "$T_PROGRAMS/probe" arg
	t_assert_rc 0 && t_assert_empty err
	for t_case in "pid file:  $WORK/d.pid" "stdout:    $WORK/log" 'stdin:     /dev/null' \
		'DAEMONIZE_UMASK: 077' 'DAEMONIZE_GROUPS: ' 'DAEMONIZE_STOP: QUIT/5' 'DAEMONIZE_VERBOSE: 1'; do
		t_assert_out "$t_case"
	done
	t_assert_lacks out DAEMONIZE_USER
	t_assert_absent d.pid log
}

testOnlyRootMaySwitchUser() {
	t_need_user || return 0
	T_WRAP=$T_AS_USER
	t_dstart -u root "$T_PROGRAMS/probe"
	t_assert_rc 77 && t_assert_err '(only root may switch user): Operation not permitted'
}

testWhatNeedsTheLibraryIsNotPromisedWithoutIt() {
	for t_case in --reopen=USR1 --linebuf; do
		t_dstart "$t_case" -l d.log -p d.pid "$T_PROGRAMS/probe-static" --stay
		t_assert_rc 0
		t_assert_err "warning: --reopen and --linebuf have no effect: $T_PROGRAMS/probe-static is statically linked"
		t_kill "$(t_pid d.pid)"
	done
	t_dstart --reopen=USR1 -l d.log -p d.pid "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid && t_assert_silent
}

# --- replace ---------------------------------------------------------------------------

# t_slow FILE: a daemon that takes half a second to end, behind d.pid.
t_slow() {
	t_dstart -p d.pid -r alive=0.1 sh -c "trap 'sleep 0.5; exit' TERM; while :; do sleep 0.05; done"
	t_assert_started d.pid
}

testReplaceEndsTheOldOneAndStartsAnew() {
	t_dstart --replace -p d.pid "$T_PROGRAMS/probe" --stay one
	t_assert_started d.pid || return
	old=$pid
	t_dstart --replace -p d.pid "$T_PROGRAMS/probe" --stay two
	t_assert_started d.pid || return
	assertNotEquals "$old" "$pid"
	assertTrue 'the old one' "t_gone $old"
	t_wait_for 5 test -s two
	kill -s KILL "$pid"
	t_assert_gone "$pid"
	t_dstart --replace -p d.pid "$T_PROGRAMS/probe" --stay three
	t_assert_started d.pid
	t_assert_absent .d.pid.new
	t_dstart --replace "$T_PROGRAMS/probe"
	t_assert_rc 64 && t_assert_err 'needs a pid file'
}

testWhatCannotBeStartedReplacesNothing() {
	t_dstart -p d.pid "$T_PROGRAMS/probe" --stay one
	t_assert_started d.pid || return
	for t_case in '-l /nodir/log' '-u nosuch' '--envfile=none' '--umask=9' '--keep-fds=77'; do
		# shellcheck disable=SC2086 # words
		t_dstart --replace -p d.pid $t_case -- "$T_PROGRAMS/probe" --stay two
		[ "$rc" -ne 0 ] || fail "$t_case: status 0"
		assertTrue "$t_case" "t_alive $pid"
	done
	t_dstart --replace -p d.pid -- no-such-program
	t_assert_rc 127 && assertTrue 'it lives' "t_alive $pid"
	assertEquals "$pid" "$(cat d.pid)"
	t_assert_absent two .d.pid.new
}

testReplaceHasTheScheduleOfStop() {
	t_dstart -p d.pid sh -c "trap '' TERM; echo up >up; while :; do sleep 0.05; done"
	t_assert_started d.pid || return
	t_wait_for 5 test -s up
	old=$pid
	t_dstart --replace --stop=TERM/0.1 -p d.pid "$T_PROGRAMS/probe" --stay
	t_assert_rc 75 && t_assert_err 'still there'
	assertTrue 'it lives' "t_alive $old"
	t_dstart --replace --stop=TERM/0.1/KILL/5 -p d.pid "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid && t_assert_gone "$old"
}

# Others that start at the same time never get in between.
testNobodyStartsWhileOneIsReplaced() {
	t_slow || return
	old=$pid
	timeout 30 "$T_DSTART" --replace -p d.pid "$T_PROGRAMS/probe" --stay new </dev/null >out 2>err &
	replacer=$!
	while t_alive $replacer; do
		"$T_DSTART" -p d.pid "$T_PROGRAMS/probe" --stay third >/dev/null 2>&1
		echo $?
	done >statuses
	wait $replacer
	rc=$?
	t_assert_started d.pid
	assertEquals 75 "$(sort -u statuses | xargs)"
	assertTrue 'the old one' "t_gone $old"
	t_assert_absent third
}

testTwoThatReplaceFollowEachOther() {
	t_slow || return
	for t_case in 1 2; do
		timeout 30 "$T_DSTART" --replace --print-pid -p d.pid "$T_PROGRAMS/probe" --stay "new$t_case" \
			</dev/null >"pid$t_case" 2>>err &
	done
	wait
	t_assert_empty err
	rc=0 t_assert_started d.pid
	grep -qx "$pid" pid1 pid2 || fail "neither of them runs: $pid"
	assertEquals 1 "$(cat pid1 pid2 | while read -r t_pid; do ! t_alive "$t_pid" || echo "$t_pid"; done | wc -l)"
}

testWhoMayNotReplaceNowIsNotTold75() {
	t_need "$T_PYTHON" || return 0
	t_dstart -p d.pid "$T_PROGRAMS/probe" --stay one
	t_assert_started d.pid || return
	"$T_PYTHON" -c 'import fcntl, struct, time
flag = open(".d.pid.lock", "w")
fcntl.fcntl(flag, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)) # F_OFD_SETLK
open("held", "w").close()
time.sleep(60)' &
	t_track $!
	t_wait_for 5 test -e held
	t_dstart --replace -t 0.2 -p d.pid "$T_PROGRAMS/probe" --stay two
	t_assert_rc 73 && t_assert_err 'another start is replacing the daemon'
	assertTrue 'it lives' "t_alive $pid"
	t_assert_absent two
}

testAUsersFileDoesNotHaveRootsProcessReplaced() {
	t_need_user || return 0
	mkdir evil && chown "$T_USER" evil
	sleep 60 &
	victim=$!
	t_track $victim
	(cd evil && $T_AS_USER "$T_PROGRAMS/holder" --flock --text $victim d.pid >/dev/null 2>held &)
	t_wait_for 5 test -s evil/held
	t_track "$(pgrep -f "holder --flock --text $victim" | head -n 1)"
	t_dstart --replace -p evil/d.pid "$T_PROGRAMS/probe" --stay
	assertTrue 'it lives' "t_alive $victim"
}

. "${SHUNIT2:-shunit2}"
