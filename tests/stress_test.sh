#!/bin/sh
# SPDX-License-Identifier: MIT
# Races, counted: a sample of what make races does in full.
# shellcheck disable=SC2154 # rc: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# --- helpers -------------------------------------------------------------------

# t_counted COMMAND...: bounded; shows what it has counted.
t_counted() {
	t_capture env TMPDIR="$WORK" timeout -k 5 250 "$@"
	cat out
	t_assert_rc 0
}

# --- locks -----------------------------------------------------------------------

testNoTwoHoldThePidFile() {
	t_counted "$T_PROGRAMS/races-locks" -n 4000 || return
	t_assert_out ' 0 double holders, 0 holders of an unlinked file, 0 other faults'
}

testNoTwoHoldAFileThatIsTakenAway() {
	t_counted "$T_PROGRAMS/races-locks" -xn 4000 || return
	t_assert_out ' 0 double holders, 0 holders of an unlinked file, 0 other faults'
}

# Here a mapping does not keep the flock.
testNoTwoHoldThePidFileOnAnOverlay() {
	t_need_root && t_need unshare || return 0
	cat >wrap <<-'END'
		#!/bin/sh
		mkdir under merged && mount -t tmpfs none under && mkdir under/l under/u under/w &&
			mount -t overlay none -o lowerdir=under/l,upperdir=under/u,workdir=under/w \
				merged || { echo >refused; exit; }
		TMPDIR=$PWD/merged exec "$@"
	END
	chmod 755 wrap
	t_counted unshare -m ./wrap "$T_PROGRAMS/races-locks" -n 3000
	[ ! -e refused ] || { t_skip 'cannot mount an overlay'; return 0; }
	t_assert_out ' 0 double holders, 0 holders of an unlinked file, 0 other faults'
}

# --- kills -----------------------------------------------------------------------

testAfterAKillADaemonIsThereOrNothing() {
	t_counted "$T_PROGRAMS/races-kills" -n 600 "$T_LIB" "$T_DSTART" "$T_DSIG" \
		"$T_PROGRAMS/races-target" "$T_PROGRAMS/races-target-static" || return
	t_assert_out '600 kills, 0 failed'
}

. "${SHUNIT2:-shunit2}"
