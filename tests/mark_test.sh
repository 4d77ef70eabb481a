#!/bin/sh
# SPDX-License-Identifier: MIT
# The mark of a launch: whoever brings one that is not of a launch in progress
# gets an error, never a loop, never a hang. And LD_PRELOAD as it comes: lists,
# duplicates, relative paths.
# shellcheck disable=SC2154,SC2016 # rc, pid: set by lib.sh; $1 is for inner shells
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() {
	t_begin || return 1
	T_LIMIT=10
}
tearDown() { t_end; }

# --- helpers ----------------------------------------------------------------

# t_refused MARK [VAR=VALUE]...: the error names the mark, in one line, and
# nothing has run.
t_refused() {
	t_mark=$1
	shift
	t_spawn "_DAEMONIZE_MARK=$t_mark" "$@" -- "$T_PROGRAMS/probe" ran
	t_assert_rc 78 || return
	t_assert_err 'libdaemonize: _DAEMONIZE_MARK: ' || return
	t_assert_empty out || return
	assertEquals 'one line' 1 "$(grep -c . err)"
	t_assert_absent ran d.pid d.log
}

HEX=0123456789abcdef0123456789abcdef

# t_list LIST [VAR=VALUE]... -- COMMAND...: with this LD_PRELOAD.
t_list() {
	t_value="LD_PRELOAD=${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$1"
	shift
	t_plain "$t_value" "$@"
}

# t_one_daemon LIST: it starts one, and the probe reports.
t_one_daemon() {
	rm -f info d.pid
	t_list "$1" DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || { echo "list '$1'"; return 1; }
	t_assert_silent
	t_wait_for 5 test -s info
	assertEquals "$1" "$pid" "$(t_field info pid)"
	assertEquals "$1" '' "$(grep '^env\..*DAEMONIZE' info)"
	t_kill "$pid"
}

t_left_of_preload() { sed -n 's/^env\.[0-9]*=LD_PRELOAD=//p' info; }

# t_make_library FILE: one that does nothing.
t_make_library() {
	echo 'static int nothing; int *library(void); int *library(void) { return &nothing; }' |
		${CC:-cc} -shared -fPIC -o "$1" -x c -
}

# --- forged -----------------------------------------------------------------

testAnEmptyMark() { t_refused ''; }

testAMarkWithoutSense() {
	for mark in x . .. 0 3 -1 1. "-1.$HEX" "x.$HEX" " 3.$HEX" "3 .$HEX" "03.$HEX" "+3.$HEX" \
		"0x3.$HEX" "3.$HEX.$HEX" "3,$HEX" '%s%n' '$(id)' '/' "
" 'ä'; do
		t_refused "$mark" || echo "mark '$mark'"
	done
}

testADescriptorThatIsNotOpen() {
	for fd in 3 77 1000 2147483647 2147483648 4294967296 99999999999999999999; do
		t_refused "$fd.$HEX"
	done
}

testADescriptorThatIsNoChannel() {
	t_refused "0.$HEX"
	t_refused "1.$HEX"
	t_refused "2.$HEX"
}

# Not even with a pipe that says nothing, or something.
testADescriptorThatIsAPipe() {
	mkfifo fifo
	exec 9<>fifo
	T_STDIN=fifo
	t_refused "0.$HEX"
	echo data >&9
	t_refused "0.$HEX"
	read -r line <&9
	exec 9<&-
	assertEquals 'nothing was taken' data "$line"
}

testAMarkThatIsHuge() {
	for digit in 1 a .; do
		t_refused "$(awk -v c=$digit 'BEGIN { for (i = 0; i < 100000; i++) printf c }')"
		assertTrue "$(wc -c <err) bytes" '[ $(wc -c <err) -lt 1000 ]'
	done
}

# A message may not be forged in our name, nor a terminal driven.
testAMarkWithControlCharacters() {
	t_refused "$(printf 'a\nlibdaemonize: forged\033[2J\007')"
	assertEquals '' "$(tr -d '\n -~' <err)"
}

testAForgedMarkWithOptions() {
	t_refused "3.$HEX" DAEMONIZE=1 DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log
	t_refused "3.$HEX" DAEMONIZE_NONSENSE=1
}

testSwitchedOffTheMarkIsNothing() {
	t_spawn "_DAEMONIZE_MARK=3.$HEX" DAEMONIZE=0 -- "$T_PROGRAMS/dier" 7
	t_assert_rc 7
}

# Sockets of the very kind, with a message of somebody else in them.
testASocketOfAnotherKeepsItsMessage() {
	t_need "$T_PYTHON" || return 0
	cat >forge.py <<-'END'
		import os, socket, subprocess, sys
		text = {"short": b"hello", "long": b"\0" * 9000, "hex": b"0123456789abcdef" * 600}
		for name, message in text.items():
		    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		    a.send(message)
		    fd = b.fileno()
		    for tail in ("0" * 32, "30313233343536373839616263646566"):
		        env = dict(os.environ, _DAEMONIZE_MARK="%d.%s" % (fd, tail))
		        env.update([sys.argv[1].split("=", 1)])
		        p = subprocess.run(sys.argv[2:], env=env, pass_fds=[fd], timeout=10,
		                           stderr=subprocess.PIPE)
		        print(name, p.returncode, p.stderr.count(b"_DAEMONIZE_MARK"))
		    b.setblocking(False)
		    print("kept", b.recv(100000) == message)
	END
	t_plain -- "$T_PYTHON" -I forge.py "$T_LAUNCH" "$T_PROGRAMS/probe" ran
	t_assert_rc 0
	assertEquals "$(cat err)" 'short 78 1
short 78 1
kept True
long 78 1
long 78 1
kept True
hex 78 1
hex 78 1
kept True' "$(cat out)"
	t_assert_absent ran
}

# --- stale ------------------------------------------------------------------

# The mark of a real launch, as the kernel saw it, in $mark.
t_true_mark() {
	t_need_strace || return 1
	t_plain -- strace -f -qq -v -s 4096 -e trace=execve -o trace env DAEMONIZE_PIDFILE=t.pid \
		"$T_LAUNCH" "$T_PROGRAMS/probe" traced
	mark=$(sed -n 's/.*"_DAEMONIZE_MARK=\([^"]*\)".*/\1/p' trace | head -n 1)
	[ -n "$mark" ] || t_skip 'strace cannot trace here'
	[ -n "$mark" ]
}

testTheMarkIsOneLaunchsOwn() {
	t_true_mark || return 0
	first=$mark
	t_true_mark
	assertNotEquals "$first" "$mark"
	assertTrue "$mark" "expr '$mark' : '[0-9]*\.[0-9a-f]\{32\}\.[0-9]*\$' >/dev/null"
}

testAStaleMark() {
	t_true_mark || return 0
	t_refused "$mark"
	t_refused "$mark" DAEMONIZE_PIDFILE=d.pid
}

testATruncatedMark() {
	t_true_mark || return 0
	t_refused "${mark%?}"
	t_refused "${mark%????????????????}"
	t_refused "${mark%.*}."
	t_refused "${mark}0"
	t_refused "${mark#?}"
}

# Every descriptor there is, with the number of a launch that is over.
testAStaleMarkWithAnyDescriptor() {
	t_true_mark || return 0
	for fd in 0 1 2 3 4 5 6 7 8 9 10; do
		t_refused "$fd.${mark#*.}"
	done
}

# A plan that is sound in every way, but for another mark.
testAPlanOfAnotherLaunch() {
	t_need_strace && t_need "$T_PYTHON" || return 0
	t_plain -- strace -f -qq -xx -s 100000 -e trace=sendmsg -o trace env DAEMONIZE_PIDFILE=t.pid \
		"$T_LAUNCH" "$T_PROGRAMS/probe" traced
	grep -q 'sendmsg(' trace || { t_skip 'strace cannot trace here'; return 0; }
	cat >replay.py <<-'END'
		import os, re, socket, subprocess, sys
		texts = re.findall(r'iov_base="([^"]*)"', open("trace").read())
		plan = max((bytes.fromhex(t.replace("\\x", "")) for t in texts), key=len)
		a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		a.send(plan)
		env = dict(os.environ, _DAEMONIZE_MARK="%d.%s.%d" % (b.fileno(), "0" * 32, 2 ** 31 - 2))
		env.update([sys.argv[1].split("=", 1)])
		p = subprocess.run(sys.argv[2:], env=env, pass_fds=[b.fileno()], timeout=10,
		                   stderr=subprocess.PIPE)
		print(len(plan) > 100, p.returncode, p.stderr.count(b"_DAEMONIZE_MARK"))
	END
	t_plain -- "$T_PYTHON" -I replay.py "$T_LAUNCH" "$T_PROGRAMS/probe" ran
	assertEquals "$(cat err)" 'True 78 1' "$(cat out)"
	t_assert_absent ran
}

# The mark of a launch in progress is no use to others: they lack the channel.
testTheMarkOfALaunchInProgress() {
	t_need_strace || return 0
	t_true_mark || return 0
	strace -f -qq -v -s 4096 -e trace=execve -o live env DAEMONIZE_READY=alive=3 \
		DAEMONIZE_PIDFILE=live.pid "$T_LAUNCH" "$T_PROGRAMS/probe" --stay live.info \
		</dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 test -s live.info
	t_track "$(t_field live.info pid)"
	mark=$(sed -n 's/.*"_DAEMONIZE_MARK=\([^"]*\)".*/\1/p' live | head -n 1)
	t_refused "$mark"
	assertTrue 'it goes on' "t_alive $(t_field live.info pid)"
}

testTheDaemonsChildrenKnowNoMark() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- sh -c 'env >tmp; mv tmp got; exec "$1" --stay info' sh \
		"$T_PROGRAMS/probe"
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	t_assert_lacks got DAEMONIZE
	t_assert_lacks info DAEMONIZE_MARK
}

# --- LD_PRELOAD -------------------------------------------------------------

# Exported by mistake it harms nobody.
testTheLibraryAloneDoesNothing() {
	cat >session.sh <<-'END'
		false; echo "false $?"
		sh -c 'exit 3'; echo "sh $?"
		echo text | grep -q none; echo "grep $?"
		seq 3 | sort -r | xargs echo
		ls /nonexistent 2>/dev/null; echo "ls $?"
		printf '%s\n' "$LD_PRELOAD" | wc -l
	END
	t_plain -- sh session.sh
	mv out plain
	t_spawn -- sh session.sh
	t_assert_same plain out
	t_assert_empty err
	t_spawn DAEMONIZE=0 -- sh session.sh
	t_assert_same plain out
}

testTheLibraryAloneIsNotTakenOut() {
	t_spawn -- "$T_PROGRAMS/probe" info
	t_assert_rc 0
	assertEquals "${T_LAUNCH#*=}" "$(t_left_of_preload)"
}

testDuplicates() {
	for list in "$T_LIB:$T_LIB" "$T_LIB $T_LIB" "$T_LIB::$T_LIB" ":$T_LIB:" " $T_LIB " \
		"$T_LIB:$T_LIB:$T_LIB:$T_LIB"; do
		t_one_daemon "$list" || return
		assertEquals "$list" "$T_PRELOAD_FIRST" "$(t_left_of_preload)"
	done
}

testOthersBeforeAndAfterInTheirOrder() {
	for name in a b c; do
		t_make_library "$WORK/$name.so" || { fail 'cannot make a library'; return; }
	done
	a=$WORK/a.so b=$WORK/b.so c=$WORK/c.so
	for list in "$a:$T_LIB:$b:$c" "$a $b $c $T_LIB" "$T_LIB $a:$b $c" "$a:$T_LIB $b:$T_LIB:$c"; do
		t_one_daemon "$list" || return
		assertEquals "$list" "${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST }$a $b $c" \
			"$(t_left_of_preload | tr : ' ')"
		assertEquals "$list" 3 "$(grep -cE '^map.*/[abc]\.so$' info)"
	done
}

# ld.so names one that it cannot load, and goes on; so do we.
testOthersThatAreMissing() {
	t_list "/nonexistent/other.so:$T_LIB" DAEMONIZE_PIDFILE=d.pid -- \
		"$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	assertEquals "${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}/nonexistent/other.so" \
		"$(t_left_of_preload)"
}

testARelativePath() {
	mkdir elsewhere lib
	cp "$T_LIB" lib/
	for list in lib/libdaemonize.so ./lib/libdaemonize.so; do
		t_one_daemon "$list" || return
		assertEquals "$list" "$T_PRELOAD_FIRST" "$(t_left_of_preload)"
		t_list "$list" DAEMONIZE_PIDFILE=d.pid DAEMONIZE_WORKDIR=elsewhere -- \
			"$T_PROGRAMS/probe" --stay "$WORK/there"
		t_assert_started d.pid || return
		t_wait_for 5 test -s there
		assertEquals "$WORK/elsewhere" "$(t_field there cwd)"
		rm there
		t_kill "$pid"
	done
}

testANameInTheLibraryPath() {
	mkdir lib
	cp "$T_LIB" lib/
	t_list libdaemonize.so "LD_LIBRARY_PATH=$WORK/lib" DAEMONIZE_PIDFILE=d.pid -- \
		"$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	assertEquals "$T_PRELOAD_FIRST" "$(t_left_of_preload)"
	assertTrue 'other variables are kept' "grep -q '^env.*=LD_LIBRARY_PATH=$WORK/lib' info"
}

# A link, and a copy of the same name, are known to be the same; one of
# another name stays in the list, and does nothing there.
testTheLibraryUnderTwoNames() {
	mkdir copy
	cp "$T_LIB" copy/
	ln -s "$T_LIB" link.so
	for list in "$T_LIB:$WORK/copy/libdaemonize.so" "$WORK/copy/libdaemonize.so:$T_LIB" \
		"$T_LIB:$WORK/link.so" "$WORK/link.so:$T_LIB" "$WORK/link.so"; do
		t_one_daemon "$list" || return
		assertEquals "$list" "$T_PRELOAD_FIRST" "$(t_left_of_preload)"
	done
	cp "$T_LIB" other.so
	t_one_daemon "$T_LIB:$WORK/other.so" && t_one_daemon "$WORK/other.so:$T_LIB"
}

testAFailureUnderTwoNamesIsOneFailure() {
	cp "$T_LIB" other.so
	t_list "$T_LIB:$WORK/other.so" DAEMONIZE_WORKDIR=none -- "$T_PROGRAMS/probe" ran
	t_assert_rc 77
	assertEquals "$(cat err)" 1 "$(grep -c . err)"
	t_assert_absent ran
}

# An LD_PRELOAD cannot hold it, so dstart says so instead of running the
# program in the foreground.
testAPathThatLdPreloadCannotHold() {
	for name in 'a b' a:b; do
		mkdir "$name"
		cp "$T_LIB" "$T_DSTART" "$name/"
		t_tool_run "$WORK/$name/${T_DSTART##*/}" --pidfile d.pid -- "$T_PROGRAMS/probe" ran
		assertNotEquals 0 "$rc"
		t_assert_err "unable to preload $WORK/$name/libdaemonize.so: its path has a"
		t_assert_absent ran d.pid
	done
}

testAMuslProgramTakesTheSameLists() {
	[ -x "$T_PROGRAMS/probe-musl" ] || { t_skip 'needs probe-musl'; return 0; }
	for list in "$T_LIB" "$T_LIB:$T_LIB" "$T_LIB $T_LIB"; do
		rm -f info d.pid
		t_plain "LD_PRELOAD=$list" DAEMONIZE_PIDFILE=d.pid -- \
			"$T_PROGRAMS/probe-musl" --stay info
		t_assert_started d.pid || return
		t_wait_for 5 test -s info
		assertEquals "$list" '' "$(t_left_of_preload)"
		t_kill "$pid"
	done
}

# --- children of constructors -------------------------------------------------

# A library whose constructor runs a command and waits for it, and starts another
# that stays: before ours is called, in the launcher and in the copy.
t_helpers() {
	cat >helpers.c <<-'END'
		#include <stdlib.h>
		__attribute__((constructor)) static void run(void)
		{
			(void)!system("env | grep -c DAEMONIZE >>seen; ls -l /proc/self/fd >>fds");
			(void)!system("sleep 60 & echo $! >>stay");
		}
	END
	cat >program.c <<-'END'
		#include <unistd.h>
		int main(void) { return (int)sleep(60); }
	END
	"${CC:-cc}" -shared -fPIC -o helpers.so helpers.c &&
		"${CC:-cc}" -o program program.c -Wl,--no-as-needed "$PWD/helpers.so"
}

testAChildOfAConstructorIsNotTheDaemon() {
	t_helpers || return
	for launch in "$T_LAUNCH" "$T_DSTART --"; do
		rm -f d.pid seen fds stay
		# shellcheck disable=SC2086 # words
		t_plain DAEMONIZE_PIDFILE=d.pid DAEMONIZE_READY=main -- $launch ./program
		t_assert_started d.pid || return
		assertEquals "$PWD/program" "$(readlink "/proc/$pid/exe")"
		assertEquals 'what the last one saw of us' 0 "$(tail -n 1 seen)"
		assertEquals '' "$(sed '1,/^total/d; s/.*-> //' fds | grep -E 'socket:|d\.pid')"
		while read -r helper; do
			assertTrue "its helper $helper lives" "t_alive $helper"
			t_track "$helper"
		done <stay
		t_kill "$pid"
	done
}

# --- the library itself -----------------------------------------------------

testNoSymbolIsExported() {
	t_need objdump || return 0
	[ -z "$T_PRELOAD_FIRST" ] || { t_skip 'a sanitizer has its own needs'; return 0; }
	assertEquals '' "$(objdump -T "$T_LIB" | grep -E '^[0-9a-f]+ ' | grep -vF '*UND*')"
}

# shellcheck disable=SC1090
. "${SHUNIT2:-shunit2}"
