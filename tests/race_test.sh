#!/bin/sh
# SPDX-License-Identifier: MIT
# Many at once: exactly one daemon comes of it, and everybody is told the truth.
# shellcheck disable=SC2154,SC2086 # rc, pid: set by lib.sh; words of $T_LAUNCH
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() {
	t_begin || return 1
}
tearDown() { t_end; }

ROUNDS=${T_ROUNDS:-20}
STARTERS=50

# --- helpers ----------------------------------------------------------------

# t_race N COMMAND...: N of them at the same time; their statuses, sorted and
# counted, in the file ends ("1 0" is: one ended with 0), what they said in said.
t_race() {
	count=$1
	shift
	rm -rf gate.fifo race
	mkfifo gate.fifo
	mkdir race
	n=0
	while [ $n -lt "$count" ]; do
		n=$((n + 1))
		{
			: <gate.fifo
			"$@" </dev/null >"race/$n.out" 2>&1
			echo $? >"race/$n.rc"
		} &
	done
	# the first that comes lets them all go; open until the last has come
	exec 8>gate.fifo
	wait
	exec 8>&-
	cat race/*.rc | sort -n | uniq -c | awk '{ print $1, $2 }' >ends
	cat race/*.out | sort -u >said
}

# The test programs that run in the work directory; their launchers are gone.
t_daemons() {
	find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$T_PROGRAMS/*" 2>/dev/null |
		while IFS= read -r link; do
			[ "$(readlink "${link%/exe}/cwd")" = "$WORK" ] || continue
			link=${link%/exe}
			echo "${link#/proc/}"
		done | sort -n | xargs
}

t_only_daemon() { [ "$(t_daemons)" = "$1" ]; }

t_start_one() {
	timeout -k 5 30 env DAEMONIZE_PIDFILE=d.pid "$T_LAUNCH" "$T_PROGRAMS/sigprobe" got "$@"
}

# --- starts -----------------------------------------------------------------

# t_fifty PREPARE END: each round after PREPARE, ended with the signal END.
t_fifty() {
	round=0
	while [ $round -lt "$ROUNDS" ]; do
		round=$((round + 1))
		$1
		t_race "$STARTERS" t_start_one TERM
		assertEquals "round $round: $(cat said)" "1 0
$((STARTERS - 1)) 75" "$(cat ends)"
		pid=$(t_pid d.pid) || fail "round $round: no pid file"
		assertEquals "round $round" \
			"$T_SAYS: already running as pid $pid ($WORK/d.pid)" "$(cat said)"
		assertTrue "round $round: more than one: $(t_daemons)" "t_only_daemon ${pid:-0}"
		kill -s "$2" "${pid:-0}"
		t_assert_gone "${pid:-0}" || return
		[ "$(grep -c . ends)" -eq 2 ] || return
	done
}

testOfFiftyStartsOneSucceeds() { t_fifty true TERM; }

testOfTwoHundredStartsOneSucceeds() { ROUNDS=1 STARTERS=200 t_fifty true TERM; }

# Each round begins with the file of a daemon that is gone.
testOfFiftyStartsOverAStaleFileOneSucceeds() { ROUNDS=5 t_fifty true KILL; }

# Between lock and pid lies next to nothing: here it takes 30 ms, so that all
# of them are there at once.
testOfSlowStartersOneSucceeds() {
	t_need_strace || return 0
	set -- strace -D -f -qq -o /dev/null -e trace=pwrite64 \
		-e inject=pwrite64:delay_enter=30000
	"$@" true 2>/dev/null || { t_skip 'strace cannot trace here'; return 0; }
	for round in 1 2 3; do
		t_race 8 timeout -k 5 30 "$@" env DAEMONIZE_PIDFILE=d.pid "$T_LAUNCH" \
			"$T_PROGRAMS/sigprobe" got TERM
		assertEquals "round $round: $(cat said)" "1 0
7 75" "$(cat ends)"
		pid=$(t_pid d.pid)
		assertTrue "round $round: $(t_daemons)" "t_only_daemon ${pid:-0}"
		t_kill "${pid:-0}"
	done
}

# The locks of these are lost as soon as they have them.
testOfFiftyWrappersOneSucceeds() {
	printf '#!/bin/sh\nexec "%s/closer"\n' "$T_PROGRAMS" >wrapper
	chmod +x wrapper
	for round in 1 2 3; do
		t_race $STARTERS timeout -k 5 30 env DAEMONIZE_PIDFILE=d.pid "$T_LAUNCH" ./wrapper
		assertEquals "round $round: $(cat said)" "1 0
49 75" "$(cat ends)"
		pid=$(t_pid d.pid)
		assertTrue "round $round: $(t_daemons)" "t_only_daemon ${pid:-0}"
		t_kill "${pid:-0}"
	done
}

testOfManyNamesOfOneFileOneSucceeds() {
	: >d.pid
	for n in 1 2 3 4 5 6 7 8; do
		ln d.pid "$n.pid"
	done
	# shellcheck disable=SC2016 # for the inner shell
	t_race 24 sh -c 'exec env "DAEMONIZE_PIDFILE=$(($$ % 8 + 1)).pid" "$@"' sh "$T_LAUNCH" \
		"$T_PROGRAMS/sigprobe" got
	assertEquals "$(cat said)" "1 0
23 75" "$(cat ends)"
}

# --- starts and stops -------------------------------------------------------

# Whatever the order: a daemon that was reported is behind the file, and no two.
testStartsAgainstStops() {
	round=0
	while [ $round -lt 200 ]; do
		round=$((round + 1))
		t_start_one TERM </dev/null >start.out 2>&1 &
		starter=$!
		timeout 20 "$T_DSIG" stop ./d.pid </dev/null >stop.out 2>&1
		stopped=$?
		wait "$starter"
		started=$?
		case $started,$stopped in
		0,[013] | 75,[013]) ;;
		69,[01]) ;; # stopped between its pid and its word: it says that it has ended
		*) fail "start $started, stop $stopped: $(cat start.out stop.out)"; return ;;
		esac
		pid=$(t_pid d.pid) || pid=
		[ -z "$pid" ] || t_alive "$pid" || [ $stopped -eq 1 ] ||
			{ fail "round $round: start $started, stop $stopped, dead $pid"; return; }
		# Counting is dear, and two would stay two.
		[ $((round % 10)) -ne 0 ] || assertEquals "round $round" "$pid" "$(t_daemons)"
	done
	assertEquals "$pid" "$(t_daemons)"
}

# A daemon that ends removes its file, under those who wait for its locks.
testStartsWhileTheOldOneEnds() {
	t_start_one TERM </dev/null >/dev/null 2>&1
	for round in 1 2 3 4 5 6 7 8 9 10; do
		old=$(t_pid d.pid) || { fail "round $round: no daemon"; return; }
		kill "$old"
		t_race 8 t_start_one TERM
		# all may have come too early
		case $(xargs <ends) in
		'1 0 7 75') t_assert_gone "$old" ;;
		'8 75') t_assert_gone "$old" && t_start_one TERM </dev/null >/dev/null 2>&1 ;;
		*) fail "round $round: $(cat ends said)"; return ;;
		esac
		assertEquals "round $round" "$(t_pid d.pid)" "$(t_daemons)"
	done
}

testStopsAtOnceAllSucceed() {
	for round in 1 2 3 4 5; do
		t_start_one TERM </dev/null >/dev/null 2>&1
		t_race 20 timeout 20 "$T_DSIG" stop ./d.pid
		# those who come late find nothing
		assertEquals "round $round: $(cat ends said)" '' "$(grep -vE ' (0|1|3)$' ends)"
		assertEquals "round $round" '' "$(t_daemons)"
		t_assert_absent d.pid
	done
}

# --- readers ----------------------------------------------------------------

# t_hammer COMMAND...: it runs all the time, until the test ends.
t_hammer() {
	: >hammering
	while [ -e hammering ]; do
		"$@" </dev/null >/dev/null 2>&1
	done &
	t_track $!
}

t_start_under_hammer() {
	round=0
	while [ $round -lt 60 ]; do
		round=$((round + 1))
		t_start_one </dev/null >start.out 2>&1
		rc=$?
		[ $rc -eq 0 ] || { fail "round $round: status $rc: $(cat start.out)"; break; }
		pid=$(t_pid d.pid) || { fail "round $round: no pid"; break; }
		[ $((round % 3)) -ne 0 ] || rm d.pid
		kill -s KILL "$pid"
		t_assert_gone "$pid" || break
	done
	rm hammering
	assertEquals 60 "$round"
}

testReadersDoNotDisturbAStart() {
	: >d.pid
	t_hammer "$T_DSIG" status ./d.pid
	t_hammer "$T_DSIG" status ./d.pid
	t_start_under_hammer
}

testFlocksThatPassDoNotDisturbAStart() {
	t_need flock || return 0
	: >d.pid
	t_hammer flock -n d.pid true
	t_start_under_hammer
}

# A reader never sees anything but a daemon about to be, or the right one.
testAReaderNeverSeesATornNumber() {
	echo 4194304 >d.pid
	: >seen
	: >hammering
	while [ -e hammering ]; do
		cat d.pid
	done >>seen 2>/dev/null &
	t_track $!
	: >pids
	for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		t_start_one </dev/null >/dev/null 2>&1 || fail "round $round"
		pid=$(t_pid d.pid)
		echo "$pid" >>pids
		kill -s KILL "$pid"
		t_assert_gone "$pid" || break
		[ $((round % 2)) -ne 0 ] || echo 4194304 >d.pid
	done
	rm hammering
	echo 4194304 >>pids
	assertTrue 'it has looked' '[ -s seen ]'
	assertEquals '' "$(sort -u seen | grep -vxF -f pids)"
}

# --- against the locks --------------------------------------------------------

# t_take_away N: somebody who knows of no lock removes the file and puts others
# there, until N starts have ended.
t_take_away() {
	while [ "$(grep -c . started)" -lt "$1" ]; do
		rm -f d.pid
		: >another
		mv another d.pid
	done
}

# Each is told the truth, though many may run; and none that has lost its file
# takes away the next one's.
testStartsWhileTheFileIsTakenAway() {
	: >started
	for starter in 1 2 3 4; do
		for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
			t_start_one TERM </dev/null >>said 2>&1
			echo $? >>started
		done &
	done
	t_take_away 60
	wait
	assertEquals "$(cat said)" '' "$(grep -vxE '0|75' started)"
	old=$(t_daemons)
	assertEquals 'as many as were reported' "$(grep -cx 0 started)" "$(echo "$old" | wc -w)"
	assertTrue "some have lost their file: $old" "[ $(echo "$old" | wc -w) -gt 1 ]"

	rm -f d.pid
	t_start_one TERM </dev/null >said 2>&1 || fail "the next one: $(cat said)"
	# shellcheck disable=SC2086 # words are pids
	t_kill $old
	pid=$(t_pid d.pid)
	assertTrue "the next one's file, $(cat d.pid 2>&1)" "t_only_daemon ${pid:-0}"
}

# shellcheck disable=SC1090
# The start, the stop and the file between them, a thousand times.
testAThousandStartsAndStopsLeaveNothingStale() {
	round=0
	while [ $round -lt 1000 ]; do
		round=$((round + 1))
		"$T_DSTART" -p d.pid "$T_PROGRAMS/sigprobe" got </dev/null >said 2>&1 ||
			{ fail "round $round: start $?: $(cat said)"; return; }
		"$T_DSIG" stop ./d.pid </dev/null >said 2>&1 ||
			{ fail "round $round: stop $?: $(cat said)"; return; }
		[ ! -e d.pid ] || { fail "round $round: the pid file stays"; return; }
	done
	t_dsig status ./d.pid
	t_assert_rc 3
}

# --- a sample of what make races does in full ---------------------------------

# t_counted COMMAND...: bounded; shows what it has counted.
t_counted() {
	t_capture env TMPDIR="$WORK" timeout -k 5 250 "$@"
	cat out
	t_assert_rc 0
}

testNoTwoHoldThePidFile() {
	t_counted "$T_PROGRAMS/races-locks" -n 4000 || return
	t_assert_out ' 0 double holders, 0 holders of an unlinked file, 0 other faults'
}

testNoTwoHoldAFileThatIsTakenAway() {
	t_counted "$T_PROGRAMS/races-locks" -xn 4000 || return
	t_assert_out ' 0 double holders, 0 holders of an unlinked file, 0 other faults'
}

# They are evicted, and evictors and starters killed in the middle of it.
testNoTwoHoldAFileThatStrangersLock() {
	t_need_root || return 0
	t_counted "$T_PROGRAMS/races-locks" -kn 3000 -u 3 || return
	t_assert_out ' 0 double holders, 0 holders of an unlinked file, 0 other faults'
	t_assert_lacks out ' 0 evictions'
}

# In all interleavings, of a model; and the check is no empty one.
testTheProtocolLetsNoTwoDaemonsBe() {
	t_need "$T_PYTHON" || return 0
	t_counted "$T_PYTHON" "$T_ROOT/tests/model/pidfile.py" -s 2 -k 1 -e 2 || return
	t_counted "$T_PYTHON" "$T_ROOT/tests/model/pidfile.py" -s 2 -r 2 -k 1 -e 1 || return
	for without in look judge flag relock order; do
		t_capture timeout 60 "$T_PYTHON" "$T_ROOT/tests/model/pidfile.py" -s 2 -k 1 -e 2 \
			-w $without
		t_assert_rc 1
		t_assert_out 'DAEMON'
	done
}

# Here a mapping does not keep the flock.
testNoTwoHoldThePidFileOnAnOverlay() {
	t_need_mounts || return 0
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

testAfterAKillADaemonIsThereOrNothing() {
	[ -z "$T_PRELOAD_FIRST" ] || { t_skip 'needs to preload the library alone'; return 0; }
	t_counted "$T_PROGRAMS/races-kills" -n 600 "$T_LIB" "$T_DSTART" "$T_DSIG" \
		"$T_PROGRAMS/races-target" "$T_PROGRAMS/races-target-static" || return
	t_assert_out '600 kills, 0 failed'
}

. "${SHUNIT2:-shunit2}"
