#!/bin/sh
# SPDX-License-Identifier: MIT
# The modules on their own: programs of tests/unit, and precheck with programs
# as they come.
set -u
. "$(dirname "$0")/lib.sh"
T_UNIT=${T_UNIT:-$T_PROGRAMS}

oneTimeSetUp() {
	[ -x "$T_UNIT/unit-precheck" ] && return
	echo "$T_UNIT/unit-precheck: not there, run make tests-unit first"
	return 1
}
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# t_unit NAME: a program that says what failed.
t_unit() {
	t_capture timeout -k 5 "$T_LIMIT" "$T_UNIT/unit-$1"
	t_assert_rc 0 || cat out
}

# t_verdict WORD PROGRAM [LIBRARY]: what precheck makes of it.
t_verdict() {
	t_capture "$T_UNIT/unit-precheck" "${3:-$T_LIB}" "$2"
	t_assert_rc 0 || return
	assertEquals "$2: $(cat out)" "$1" "$(sed 's/:.*//' out)"
}

testDetach() { t_unit detach; }
testEnvfile() { t_unit envfile; }
testListen() { t_unit listen; }
testPrecheck() { t_unit precheck; }
testProcess() { t_unit process; }

testPrecheckOfPrograms() {
	t_verdict preloadable /bin/sh
	t_verdict preloadable "$T_PROGRAMS/probe"
	t_verdict preloadable "$T_PROGRAMS/probe-nopie"
	t_verdict static "$T_PROGRAMS/probe-static"
	t_verdict broken "$T_PROGRAMS/none"
	for loader in /lib64/ld-linux-*.so.2 /lib/ld-linux-*.so.[13] /lib/ld-musl-*.so.1; do
		[ ! -x "$loader" ] || t_verdict unknown "$loader"
	done
}

testPrecheckOfMuslPrograms() {
	[ -x "$T_PROGRAMS/probe-musl" ] || { t_skip 'needs musl-gcc'; return 0; }
	t_verdict preloadable "$T_PROGRAMS/probe-musl"
	t_verdict static "$T_PROGRAMS/probe-musl-static"
}

testPrecheckOfScripts() {
	printf '#!%s\n' "$T_PROGRAMS/probe-static" >static.sh
	printf '#!/usr/bin/env sh\n' >env.sh
	chmod +x static.sh env.sh
	t_verdict preloadable env.sh
	t_verdict static static.sh
	t_assert_out "$T_PROGRAMS/probe-static, the interpreter of static.sh, is statically linked"
}

testPrecheckOfALibraryThatIsMissing() {
	t_verdict library /bin/sh ./none.so
	t_assert_out './none.so cannot be preloaded: No such file or directory'
}

# shellcheck disable=SC1090
. "${SHUNIT2:-shunit2}"
