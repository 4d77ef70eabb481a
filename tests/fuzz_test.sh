#!/bin/sh
# SPDX-License-Identifier: MIT
# Each fuzzing harness over its corpus: what was found once is not to come back.
# shellcheck disable=SC2154 # rc: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

testNothingInTheCorpusIsAFinding() {
	t_need clang || return 0
	for source in "$T_ROOT"/tests/fuzz/fuzz_*.c; do
		name=${source##*/fuzz_}
		name=${name%.c}
		[ -x "$T_ROOT/build/fuzz/$name" ] || { t_skip 'needs make tests-fuzz'; return 0; }
		assertTrue "$name has a corpus" "[ -d '$T_ROOT/tests/fuzz/corpus/$name' ]"
		# what the code under test prints is of no use here
		t_capture timeout -k 5 "$T_LIMIT" "$T_ROOT/build/fuzz/$name" -runs=0 -close_fd_mask=3 \
			-artifact_prefix="$WORK/" "$T_ROOT/tests/fuzz/corpus/$name"
		t_assert_rc 0 || echo "of $name"
	done
}

# A harness that cannot fail finds nothing.
testAFindingFailsAndIsShownInBase64() {
	t_need clang base64 || return 0
	printf '%s\n' '#include <stdint.h>' '#include <stdlib.h>' \
		'int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)' \
		'{ if (size > 3 && data[0] == 98) abort(); return 0; }' >bad.c
	clang -fsanitize=fuzzer -o bad bad.c 2>cc.err || { t_skip "needs libFuzzer: $(cat cc.err)"; return 0; }
	t_capture timeout -k 5 "$T_LIMIT" "$T_ROOT/tests/fuzz/run" "$WORK/bad" 20
	t_assert_rc 1 || return
	t_assert_out 'in base64:'
	assertEquals b "$(sed -n '/in base64:/{n;p;}' out | base64 -d | head -c 1)"
}

. "${SHUNIT2:-shunit2}"
