#!/bin/sh
# SPDX-License-Identifier: MIT
# The manners of a guest: what the library brings into a process, and that
# nothing of it shows, or acts, once main has begun.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# --- helpers -------------------------------------------------------------------

# A sanitizer's build has other needs, symbols and sizes.
t_need_plain_build() {
	nm -D "$T_LIB" | grep -qE '__(asan|ubsan|gcov)_' || return 0
	t_skip 'an instrumented library'
	return 1
}

# t_loads PROGRAM [ARG...]: the library does its work in it.
t_loads() {
	[ -x "$1" ] || { t_skip "needs $1"; return 0; }
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$@"
	t_assert_started d.pid || return
	assertEquals "$(readlink -f "$1")" "$(readlink "/proc/$pid/exe")"
}

# t_calls TRACE-PREFIX OUT: the calls of the one process that reached main.
t_calls_from_main() {
	t_trace=$(grep -l 'getpgid(1879048193)' "$1".*)
	[ "$(echo "$t_trace" | wc -l)" -eq 1 ] || return 1
	sed -n '/getpgid(1879048193)/,$p' "$t_trace" | sed 's/0x[0-9a-f]\{6,\}/ADDRESS/g' >"$2"
}

t_has_begun() { grep -q 'getpgid(1879048194)' "$1".* 2>/dev/null; }

# t_trace_start PREFIX [VAR=VALUE...] -- COMMAND...: in the background. strace
# gives the environment to the command, and is not preloaded itself.
t_trace_start() {
	t_prefix=$1
	shift
	strace -ff -s 200 -o "$t_prefix" "$@" </dev/null >/dev/null 2>&1 &
	t_wait_for 10 t_has_begun "$t_prefix"
}

# --- the file ----------------------------------------------------------------------

testNoSymbolIsExported() {
	t_need_plain_build || return 0
	assertEquals '' "$(nm -D --defined-only "$T_LIB")"
}

# Which would be one libc, and the library belongs to none.
testNoLibraryIsNeeded() {
	t_need_plain_build || return 0
	assertEquals '' "$(readelf -dW "$T_LIB" | sed -n 's/.*(NEEDED).*: //p')"
}

# Every function of libc may be somebody else's, so each has a reason; all are
# weak, for there may be no libc, and without a version, for it may be musl's.
#   environ    is what the program will see, and is edited in place
#   getauxval  what the kernel passed lies behind the environment, which others
#              may have moved
#   setgroups, setresgid, setresuid  switch all threads of a process, which the
#              system calls do not
#   setvbuf, stdout  are the program's own, for DAEMONIZE_LINEBUF
testNothingElseIsImported() {
	t_need_plain_build || return 0
	assertEquals 'environ getauxval setgroups setresgid setresuid setvbuf stdout' \
		"$(nm -D "$T_LIB" | sed -n 's/^ *w //p' | sort | paste -s -d ' ')" || return
	assertEquals '' "$(nm -D "$T_LIB" | grep -v '^ *w ')"
}

testNoThreadLocalStorage() {
	assertEquals '' "$(readelf -lW "$T_LIB" | grep -w TLS)"
}

testTheStackIsNotExecutable() {
	readelf -lW "$T_LIB" | grep GNU_STACK >stack
	t_assert_lacks stack RWE
}

# All relocations at once, and no text relocation.
testItIsBoundAtLoad() {
	readelf -dW "$T_LIB" >dynamic
	t_assert_has dynamic NOW || return
	t_assert_lacks dynamic TEXTREL
}

# The whole launcher is in it, and is no part of what the daemon touches.
testTheFileIsSmall() {
	t_need_plain_build || return 0
	strip -o stripped "$T_LIB"
	size=$(wc -c <stripped)
	echo "stripped: $size bytes"
	assertTrue "$size bytes" "[ $size -le 98304 ]"
}

# --- programs of every kind ----------------------------------------------------------

testItLoadsIntoAnOrdinaryProgram() { t_loads "$T_PROGRAMS/probe" --stay info; }
testItLoadsIntoAMuslProgram() {
	t_need_plain_build || return 0
	t_loads "$T_PROGRAMS/probe-musl" --stay info
}

# A program of the newest musl, which is far from 1.2.3: its clone(2), for one,
# refuses what the library asks the kernel for.
t_newest_musl() {
	t_need musl-gcc || return 1
	t_musl=$T_ROOT/build/newer/musl
	"$T_ROOT/tests/newer" "${T_NEWER:-trixie}" musl "$t_musl" >newer.log 2>&1 ||
		{ t_skip "needs a newer musl: $(tail -n 1 newer.log)"; return 1; }
	for t_libc in "$t_musl"/usr/lib/*/libc.so "$t_musl"/lib/*/libc.so; do
		[ ! -x "$t_libc" ] || break
	done
	(cd "$T_ROOT/tests/programs" && musl-gcc -D_GNU_SOURCE -o "$WORK/$1" \
		-Wl,--dynamic-linker="$t_libc" "$1.c" args.c say.c stay.c) || { fail 'does not build'; return 1; }
	"$t_libc" 2>&1 | grep Version
}

testItLoadsIntoAProgramOfTheNewestMusl() {
	t_need_plain_build || return 0
	t_newest_musl sigprobe || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_REOPEN=USR1 -- \
		"$WORK/sigprobe" --pid-first got TERM
	t_assert_started d.pid || return
	t_wait_for 5 grep -q ready got
	kill "$pid"
	t_assert_gone "$pid" && t_assert_absent d.pid
}

testDstartStartsAProgramOfTheNewestMusl() {
	t_need_plain_build || return 0
	t_newest_musl sigprobe || return 0
	t_dstart -p d.pid -l '|cat >log' -- "$WORK/sigprobe" --pid-first got TERM
	t_assert_started d.pid
}

testItLoadsIntoAProgramAtAFixedAddress() { t_loads "$T_PROGRAMS/probe-nopie" --stay info; }
testItLoadsIntoAShell() {
	mkfifo fifo
	t_loads "$(readlink -f /bin/sh)" -c 'read -r _ <>fifo'
}

testItLoadsIntoAGoProgramWithoutLibc() {
	t_need_plain_build || return 0
	t_need go || return 0
	cat >hello.go <<-'END'
		package main

		import "time"

		func main() { time.Sleep(time.Hour) }
	END
	CGO_ENABLED=0 GO111MODULE=off GOCACHE="${GOCACHE:-$T_ROOT/build/go}" GOFLAGS="" \
		go build -buildmode=pie -o hello hello.go >go.log 2>&1 ||
		{ t_skip "needs a Go that builds: $(tail -n 1 go.log)"; return 0; }
	t_loads "$WORK/hello" || return
	t_status "$pid" SigIgn >ignored
	t_assert_has ignored 0000000000000000
}

# A limit on the stack that the program itself is content with.
testASmallStackIsEnough() {
	t_need_plain_build || return 0
	for limit in 128 64; do
		printf '#!/bin/sh\nulimit -s %s && exec "$@"\n' $limit >small
		chmod 755 small
		T_WRAP=./small
		t_spawn "DAEMONIZE_PIDFILE=d$limit.pid" DAEMONIZE_LOGFILE=d.log -- \
			"$T_PROGRAMS/sigprobe" got TERM
		t_assert_started d$limit.pid || { echo "$limit KiB"; return; }
	done
	t_dstart -p d.pid -l d.log -- "$T_PROGRAMS/sigprobe" got TERM
	t_assert_started d.pid
}

# --- what is in the daemon -------------------------------------------------------------

# Private and written to, in KiB, of the library's mappings; and how many they
# are. The pages of a file count as long as that has not reached the disk.
t_dirty() {
	sync "$T_LIB"
	awk -v library="$T_LIB" '
		/^[0-9a-f]+-[0-9a-f]+ / { ours = $NF == library; maps += ours }
		ours && /^Private_Dirty:/ { dirty += $2 }
		END { print dirty + 0, maps + 0 }' "/proc/$1/smaps"
}

testItsMemoryIsSmall() {
	t_need_plain_build || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	# shellcheck disable=SC2046 # two words
	set -- $(t_dirty "$pid")
	echo "the library's mappings: $2, private dirty: $1 KiB"
	assertTrue "$2 mappings" "[ $2 -ge 1 ]" || return
	assertTrue "$1 KiB" "[ $1 -le 8 ]"
}

# t_written PID: KiB of private memory written to. Not the stack, of which it is
# chance where in a page it begins.
t_written() {
	awk '
		/^[0-9a-f]+-[0-9a-f]+ / { stack = $NF == "[stack]" }
		/^Anonymous:/ && !stack { sum += $2 }
		END { print sum + 0 }' "/proc/$1/smaps"
}

t_sleeps() { [ "$(t_stat "$1" 3)" = S ]; }

# A page of the library's, and one of the loader's for one library more.
testTwoPagesMoreThanStartedDirectly() {
	t_need_plain_build || return 0
	"$T_PROGRAMS/faults-target" &
	plain=$!
	t_track "$plain"
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_REOPEN=USR1 -- \
		"$T_PROGRAMS/faults-target"
	t_assert_started d.pid || return
	t_wait_for 5 t_sleeps "$plain"
	t_wait_for 5 t_sleeps "$pid"
	before=$(t_written "$plain")
	after=$(t_written "$pid")
	echo "memory written to: $before KiB, as a daemon $after KiB"
	assertTrue "$before and $after" "[ $after -le $((before + 8)) ]"
}

# What is kept for the end is as constant as the code.
testNothingOfOursIsWritable() {
	t_need_plain_build || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	assertEquals '' "$(awk -v l="$T_LIB" '$6 == l && $2 ~ /w/' "/proc/$pid/maps")"
}

testALongPathIsKeptUntilTheEnd() {
	dir=$WORK
	for part in 1 2 3 4; do
		dir=$dir/$(printf '%0200d' $part)
		mkdir "$dir" || return
	done
	t_spawn DAEMONIZE_PIDFILE="$dir/d.pid" -- "$T_PROGRAMS/sigprobe" got TERM
	t_assert_started "$dir/d.pid" || return
	kill "$pid"
	t_assert_gone "$pid" || return
	t_assert_absent "$dir/d.pid"
}

testNoDescriptorNoThreadNoChild() {
	t_spawn DAEMONIZE=1 -- "$T_PROGRAMS/probe" --stay info
	t_assert_rc 0 || return
	t_wait_for 5 test -s info
	pid=$(t_field info pid)
	t_track "$pid"
	assertEquals 3 "$(t_field info fds)" || return
	assertEquals 1 "$(t_status "$pid" Threads)" || return
	assertEquals '' "$(cat "/proc/$pid/task/$pid/children")"
}

testOneDescriptorForThePidFile() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	assertEquals 4 "$(t_field info fds)"
}

# --- what it does once main has begun: nothing -------------------------------------------

testNoSystemCallAfterMainHasBegun() {
	t_need_plain_build || return 0
	t_need_strace || return 0
	t_trace_start direct -- "$T_PROGRAMS/faults-target" || { fail 'no trace'; return; }
	t_trace_start daemonized -E DAEMONIZE=1 -E "LD_PRELOAD=$T_LIB" -- \
		"$T_PROGRAMS/faults-target" || { fail 'no trace of the daemon'; return; }
	for trace in direct daemonized; do
		kill "$(grep -l 'getpgid(1879048193)' $trace.* | sed 's/.*\.//')"
	done
	t_wait_for 5 t_none_left
	t_calls_from_main direct direct-calls || { fail 'no main'; return; }
	t_calls_from_main daemonized daemon-calls || { fail 'no main in the daemon'; return; }
	sed -i '/^--- SIGTERM/d' direct-calls daemon-calls
	grep -q exit_group daemon-calls || { fail 'its end is not in the trace'; return; }
	t_assert_same direct-calls daemon-calls
}

# With a pid file there is one moment more: at its end, it takes it away.
testWithAPidFileNoneUntilTheEnd() {
	t_need_plain_build || return 0
	t_need_strace || return 0
	t_trace_start direct -- "$T_PROGRAMS/faults-target" || { fail 'no trace'; return; }
	t_trace_start daemonized -E DAEMONIZE_PIDFILE=d.pid -E "LD_PRELOAD=$T_LIB" -- \
		"$T_PROGRAMS/faults-target" || { fail 'no trace of the daemon'; return; }
	for trace in direct daemonized; do
		kill "$(grep -l 'getpgid(1879048193)' $trace.* | sed 's/.*\.//')"
	done
	t_wait_for 5 t_none_left
	t_calls_from_main direct direct-calls || { fail 'no main'; return; }
	t_calls_from_main daemonized daemon-calls || { fail 'no main in the daemon'; return; }
	for trace in direct-calls daemon-calls; do
		sed -i '/^--- SIGTERM/d; /getpgid(1879048195)/q' "$trace"
	done
	t_assert_same direct-calls daemon-calls || return
	t_assert_absent d.pid
}

# t_sandbox_ends [VAR=VALUE...] -- ARG...: how the sandbox ended, for strace to tell.
t_sandbox_ends() {
	strace -f -q -e trace=none -o trace -E "LD_PRELOAD=$T_LIB" "$@" </dev/null >/dev/null 2>&1 &
	t_wait_for 10 test -s ready || { fail 'it does not begin'; return 1; }
	pid=$(t_field ready pid)
	t_track "$pid"
	kill "$pid"
	t_assert_gone "$pid" || return
	t_wait_for 5 grep -q "^$pid .*+++" trace
	grep "^$pid .*+++" trace | sed 's/^[0-9 ]*//' >ending
}

testASandboxThatKillsIsNotTouched() {
	t_need_plain_build || return 0
	t_need_strace || return 0
	t_sandbox_ends -E DAEMONIZE=1 -- "$T_PROGRAMS/sandbox" --kill ready || return
	assertEquals '+++ exited with 0 +++' "$(cat ending)"
}

# Taking the pid file away is the one thing that the library does at the end:
# a filter that kills for it is met there, one that refuses is not.
testASandboxThatRefusesKeepsItsPidFile() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/sandbox" ready
	t_assert_started d.pid || return
	t_wait_for 5 test -s ready
	kill "$pid"
	t_assert_gone "$pid" || return
	t_dsig status ./d.pid
	t_assert_rc 1 || return
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid
}

testWithoutVariablesNotOneSystemCall() {
	t_need_plain_build || return 0
	t_need_strace || return 0
	strace -o trace -E "LD_PRELOAD=$T_LIB" "$T_PROGRAMS/dier" 0 >/dev/null 2>&1
	# the loader maps it and unmaps its cache; then main's own
	sed -n '/^munmap(/,$p' trace | sed 1d >after
	strace -o trace2 "$T_PROGRAMS/dier" 0 >/dev/null 2>&1
	sed -n '/^munmap(/,$p' trace2 | sed 1d >after2
	sed -i 's/0x[0-9a-f]*/ADDRESS/g' after after2
	t_assert_same after2 after
}

. "${SHUNIT2:-shunit2}"
