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
		grep -vxE 'help|version|dry-run' | sort >options
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
	t_assert_rc 64 && t_assert_err '--pidfle: unknown option'
}

testAMissingValueIsUsage() {
	t_dstart -p
	t_assert_rc 64 && t_assert_err '-p: needs a value'
}

testABadValueOnTheCommandLineIsUsage() {
	t_dstart --umask 9 true
	t_assert_rc 64 && t_assert_err "DAEMONIZE_UMASK: '9': an octal mask"
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
	t_need strace || return 0
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
	sed -n 's/^libdaemonize: *[0-9]*\.[0-9][0-9] ms: //p' err >steps
	cat >expected <<-END
	opened pid file $WORK/d.pid
	opened log file $WORK/d.log
	executing $T_PROGRAMS/probe
	locked $WORK/d.pid
	wrote $WORK/d.pid
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
	t_dstart -vZ true && t_assert_rc 64 && t_assert_err '-vZ: unknown option'
	t_dstart --no-such=1 true && t_assert_rc 64 && t_assert_err '--no-such=1: unknown option'
}

testAFlagNeedsNoValueAndTakesOne() {
	t_dstart --clearenv --argv0 other --dry-run -- sleep 1
	t_assert_rc 0 && t_assert_out 'arguments: other 1'
	t_dstart --clearenv=maybe --dry-run -- sleep 1
	t_assert_rc 64 && t_assert_err "DAEMONIZE_CLEARENV: 'maybe': 1 or 0"
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

. "${SHUNIT2:-shunit2}"
