#!/bin/sh
# SPDX-License-Identifier: MIT
# Every compiler, libc and machine: it builds without a warning, and what can be
# run here does its work. A 32-bit x86 runs as it is. Under qemu-user only the
# modules run, and the tools for their help; target_test.sh has a start. A start
# of a foreign program needs a whole machine: make machines.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# --- helpers -------------------------------------------------------------------

# t_builds COMPILER: the library and the tools, once, into the directory b.
t_builds() {
	t_need "$1" make || return 1
	mkdir -p "$SHUNIT_TMPDIR/$1"
	ln -s "$SHUNIT_TMPDIR/$1" b
	make -s -C "$T_ROOT" BUILD="$SHUNIT_TMPDIR/$1" CC="$1" TOOL_CC="$1" CFLAGS=-O1 WERROR=-Werror all >log 2>&1 &&
		[ ! -s log ] && return
	fail "$1: $(tail -n 20 log)"
	return 1
}

# t_runs_32_bits PROGRAM: where the kernel and the libraries are there for it.
t_runs_32_bits() {
	timeout 1 "$@" </dev/null >/dev/null 2>&1
	[ $? -eq 124 ] && return
	t_skip 'needs a kernel and libraries for 32 bits'
	return 1
}

# t_target COMPILER [FLAG...]: a program to start, ./target.
t_target() {
	"$@" -O1 -D_GNU_SOURCE -o target "$T_ROOT/tests/faults/target.c" 2>log && return
	fail "$(cat log)"
	return 1
}

# t_works PROGRAM: a preloaded start, dstart, and dsig, as they are in b.
t_works() {
	T_LIB=$WORK/b/libdaemonize.so T_DSTART=$WORK/b/dstart T_DSIG=$WORK/b/dsig
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$1"
	t_assert_started d.pid || return
	t_dsig stop ./d.pid
	t_assert_rc 0 || return
	t_assert_gone "$pid" || return
	t_dstart --pidfile d.pid -- "$1"
	t_assert_started d.pid || return
	t_dsig status ./d.pid
	t_assert_rc 0 || return
	t_dsig stop ./d.pid
	t_assert_rc 0 || return
	t_assert_absent d.pid
}

# t_helps EMULATOR...: the tools begin, and say what they are for.
t_helps() {
	for tool in dstart dsig; do
		t_capture "$T_HARNESS/limit" 20 "$@" "b/$tool" --help
		t_assert_rc 0 || return
		t_assert_out 'Usage' || return
	done
}

# t_units COMPILER EMULATOR...: the modules, which need no start.
t_units() {
	make -s -C "$T_ROOT" -f tests/unit.mk CC="$1" unit-dir="$WORK/u" tests-unit >log 2>&1
	t_assert_empty log || return
	shift
	for unit in u/unit-*; do
		[ "$unit" != u/unit-detach ] || continue # it starts something
		t_capture "$T_HARNESS/limit" "$T_LIMIT" "$@" "$unit"
		t_assert_rc 0 || { cat out; return 1; }
	done
}

# --- compilers -------------------------------------------------------------------

testGcc() {
	t_builds gcc || return 0
	t_works "$T_PROGRAMS/faults-target"
}

testClang() {
	t_builds clang || return 0
	t_works "$T_PROGRAMS/faults-target"
}

testMusl() {
	t_builds musl-gcc || return 0
	t_target musl-gcc || return
	t_works "$WORK/target"
}

# One library for all, whichever compiler has made it.
testTheLibraryThatMuslsCompilerMakesLoadsIntoProgramsOfGlibc() {
	t_builds musl-gcc || return 0
	t_works "$T_PROGRAMS/faults-target"
}

# As distributions build, and by the environment.
testWithLinkTimeOptimization() {
	t_need gcc make || return 0
	CC=gcc TOOL_CC=gcc CFLAGS='-O2 -flto' CPPFLAGS=-DFROM_THE_ENVIRONMENT WERROR=-Werror \
		make -s -C "$T_ROOT" BUILD="$WORK/b" all >log 2>&1 || { fail "$(cat log)"; return; }
	t_assert_has b/flags ' -DFROM_THE_ENVIRONMENT -O2 -flto ' || return
	t_works "$T_PROGRAMS/faults-target"
}

testAPathThatCannotBePreloadedIsRefused() {
	t_need make || return 0
	make -C "$T_ROOT" libdir='/a b' BUILD="$WORK/b" all >log 2>&1 && fail 'it builds'
	t_assert_has log 'LD_PRELOAD cannot hold a path with a space or colon'
}

# --- machines --------------------------------------------------------------------

testX86With32Bits() {
	t_builds i686-linux-gnu-gcc || return 0
	t_target i686-linux-gnu-gcc || return
	t_runs_32_bits ./target || return 0
	t_works "$WORK/target"
}

# Where off_t has 32 bits: the log is opened, written, and shown by both.
testALogBeyondTwoGigabytesWith32Bits() {
	t_builds i686-linux-gnu-gcc || return 0
	(cd "$T_ROOT/tests/programs" &&
		i686-linux-gnu-gcc -D_GNU_SOURCE -o "$WORK/dier" dier.c args.c say.c stay.c)
	T_LIB=$WORK/b/libdaemonize.so T_DSIG=$WORK/b/dsig
	t_runs_32_bits ./dier 0 60000 || return 0
	truncate -s 3G d.log && echo >>d.log
	t_spawn DAEMONIZE_READY=alive=1 DAEMONIZE_LOGFILE=d.log -- ./dier 3
	t_assert_rc 69 && t_assert_err '| dier: ends with 3' || return
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- ./dier 3 60000
	t_assert_started d.pid || return
	t_dsig log --lines 1 ./d.pid
	t_assert_rc 0 && t_assert_out 'dier: ends with 3'
}

# A distribution may ask for wide types, whose functions musl has not.
testTheLibraryOf32BitsHasTheNarrowNames() {
	t_need i686-linux-gnu-gcc objdump || return 0
	make -s -C "$T_ROOT" BUILD="$WORK/b" CC=i686-linux-gnu-gcc \
		CFLAGS='-O1 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64' "$WORK/b/libdaemonize.so" >log 2>&1
	t_assert_empty log || return
	assertEquals '' "$(objdump -T b/libdaemonize.so | awk '$NF ~ /64$/ { print $NF }')"
}

# Each tool takes the other class for what it cannot preload.
testA32BitProgramUnderThe64BitDstart() {
	t_need i686-linux-gnu-gcc || return 0
	t_target i686-linux-gnu-gcc -static || return
	t_runs_32_bits ./target || return 0
	t_dstart --pidfile d.pid -- "$WORK/target"
	t_assert_started d.pid
}

testArm64() {
	t_builds aarch64-linux-gnu-gcc || return 0
	t_need qemu-aarch64 || return 0
	t_helps qemu-aarch64 -L /usr/aarch64-linux-gnu || return
	t_units aarch64-linux-gnu-gcc qemu-aarch64 -L /usr/aarch64-linux-gnu
}

testArm32() {
	t_builds arm-linux-gnueabihf-gcc || return 0
	t_need qemu-arm || return 0
	t_helps qemu-arm -L /usr/arm-linux-gnueabihf || return
	t_units arm-linux-gnueabihf-gcc qemu-arm -L /usr/arm-linux-gnueabihf
}

. "${SHUNIT2:-shunit2}"
