#!/bin/sh
# SPDX-License-Identifier: MIT
# The pid file: what is in it, the two locks that say that the daemon lives,
# who may start over it, and what is left of it at the end.
# shellcheck disable=SC2154,SC2016 # rc, pid: set by lib.sh; $1 is for inner shells
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() {
	t_begin || return 1
}
tearDown() { t_end; }

# --- helpers ----------------------------------------------------------------

# t_start [VAR=VALUE]... [-- COMMAND...]: a daemon behind d.pid.
t_start() {
	case " $* " in
	*' -- '*) t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log "$@" ;;
	*) t_spawn DAEMONIZE_PIDFILE=d.pid "$@" -- "$T_PROGRAMS/sigprobe" got TERM ;;
	esac
	t_assert_started d.pid && t_track "$pid"
}

# t_second STATUS [TEXT]: a second start ends with this.
t_second() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/sigprobe" second
	t_assert_rc "$1" || return
	[ "$1" -ne 0 ] || t_track "$(t_pid d.pid)"
	[ $# -eq 1 ] || t_assert_err "$2"
}

t_runs() { t_second 75 "already running as pid $pid ($WORK/d.pid)"; }

# t_state WORD: what dsig says of d.pid.
t_state() {
	t_dsig status --json ./d.pid
	assertEquals "$(cat err)" "$1" "$(sed -n 's/.*"state": *"\([a-z]*\)".*/\1/p' out)"
}

# t_locks FILE: the kernel's list, "KIND PID"; a line may come twice when others
# lock meanwhile.
t_locks() {
	awk -v inode=":$(stat -c %i "$1")" '
		substr($6, length($6) - length(inode) + 1) == inode { print $2, $5 }' /proc/locks |
		sort -u
}

t_kill_hard() {
	kill -s KILL "$@"
	t_wait_for 5 t_all_gone "$@"
}

# --- content and locks ------------------------------------------------------

testItHoldsThePidAndANewline() {
	t_start || return
	assertEquals "$pid" "$(cat d.pid)"
	assertEquals $((${#pid} + 1)) "$(wc -c <d.pid | tr -d ' ')"
	kill "$(cat d.pid)"
	t_assert_gone "$pid"
}

testTheKernelNamesTheDaemonForBothLocks() {
	t_not_in static 'nothing maps the file in it' || return 0
	t_start || return
	assertEquals "FLOCK $pid
POSIX $pid" "$(t_locks d.pid)"
}

testALongerOldNumberIsCutOff() {
	printf '4194304          \n' >d.pid
	t_start || return
	assertEquals "$pid" "$(cat d.pid)"
}

testTheOwnersModeIsKept() {
	: >d.pid
	chmod 600 d.pid
	t_start || return
	assertEquals 600 "$(stat -c %a d.pid)"
}

# --- a lock alone holds -----------------------------------------------------

testAProgramThatClosesItsDescriptors() {
	t_not_in static 'nothing maps the file in it' || return 0
	t_start -- "$T_PROGRAMS/closer" || return
	t_wait_for 5 t_lost_posix
	assertEquals "FLOCK $pid" "$(t_locks d.pid)"
	t_runs
	t_state running
	kill "$pid"
	t_assert_gone "$pid"
	t_assert_absent d.pid # it was the program's own exit
}

t_lost_posix() { ! t_locks d.pid | grep -q POSIX; }
t_has_posix() { t_locks d.pid | grep -q POSIX; }
t_lost_flock() { ! t_locks d.pid | grep -q FLOCK; }

testAWrapperThatExecutesTheProgram() {
	printf '#!/bin/sh\nexec "%s/sigprobe" --pid-first got\n' "$T_PROGRAMS" >wrapper
	chmod +x wrapper
	t_start -- ./wrapper || return
	t_wait_for 5 test -s got
	t_wait_for 5 t_lost_flock
	assertEquals "POSIX $pid" "$(t_locks d.pid)"
	t_runs
	t_state running
	t_dsig stop ./d.pid
	t_assert_rc 0
	t_assert_gone "$pid"
	t_state stopped
}

# Both are lost; but the file's time has the start time of the process.
testAWrapperThatExecutesAProgramThatClosesItsDescriptors() {
	printf '#!/bin/sh\nexec "%s/closer"\n' "$T_PROGRAMS" >wrapper
	chmod +x wrapper
	t_start -- ./wrapper || return
	t_wait_for 5 t_lost_flock
	t_wait_for 5 t_lost_posix
	assertEquals '' "$(t_locks d.pid)"
	t_state running
	t_runs
	kill "$pid"
	t_assert_gone "$pid"
	t_state stale
	t_second 0
}

testAProgramThatWritesTheSameFile() {
	t_not_in static 'nothing maps the file in it' || return 0
	t_start -- "$T_PROGRAMS/ownpid" d.pid || return
	t_wait_for 5 t_lost_posix
	assertEquals "FLOCK $pid" "$(t_locks d.pid)"
	assertEquals "$pid" "$(cat d.pid)"
	t_runs
	t_state running
	kill "$pid"
	t_assert_gone "$pid"
	t_assert_absent d.pid
}

testAProgramThatRemovesTheSameFile() {
	t_start -- "$T_PROGRAMS/ownpid" --unlink d.pid || return
	t_wait_for 5 t_lost_posix
	kill "$pid"
	t_assert_gone "$pid"
	t_assert_absent d.pid
	assertEquals '' "$(cat d.log)"
	t_second 0
}

# --- workers and children ---------------------------------------------------

testASurvivingWorkerHoldsNothing() {
	t_start -- "$T_PROGRAMS/worker" 3 workers || return
	t_wait_for 5 test -s workers
	# shellcheck disable=SC2046 # pids
	t_track $(cat workers)
	t_kill_hard "$pid"
	assertTrue 'a worker lives' "t_alive $(head -n 1 workers)"
	assertEquals '' "$(t_locks d.pid)"
	t_state stale
	t_second 0
	t_state running
	assertNotEquals "$pid" "$(t_pid d.pid)"
}

testAWorkerThatEndsLeavesTheFile() {
	t_start -- "$T_PROGRAMS/worker" 2 workers || return
	t_wait_for 5 test -s workers
	kill "$(head -n 1 workers)"
	# the master does not wait for it before its own end
	t_assert_gone "$(head -n 1 workers)"
	assertEquals "$pid" "$(cat d.pid)"
	t_runs
}

# exit(3) in a forked child runs our destructor, and must do nothing there.
testAForkedChildThatExitsLeavesTheFile() {
	t_need "$T_PYTHON" || return 0
	cat >fork.py <<-'END'
		import os, signal, sys
		for how in range(3):
		    child = os.fork()
		    if child == 0:
		        if how == 1:
		            os.setsid()
		        sys.exit(0)
		    os.waitpid(child, 0)
		open("forked", "w").write("yes")
		signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
		while True:
		    signal.pause()
	END
	t_start -- "$T_PYTHON" fork.py || return
	assertTrue 'forked' 't_wait_for 10 test -s forked'
	assertEquals "$pid" "$(cat d.pid)"
	assertEquals "FLOCK $pid
POSIX $pid" "$(t_locks d.pid)"
	t_wait_for 5 grep -q '^SigCgt:.*4[0-9a-f]\{3\}$' "/proc/$pid/status"
	kill "$pid"
	t_assert_gone "$pid"
	t_assert_absent d.pid
}

# It forks into the background by itself: the file goes with the one that we
# started.
testAProgramThatForksItselfAwayUnseen() {
	t_need perl || return 0
	T_READY=main
	t_spawn DAEMONIZE_PIDFILE=d.pid -- perl -e 'open(F, ">away.tmp");
		$p = fork; if ($p == 0) { sleep 60; exit }
		print F $p; close F; rename "away.tmp", "away"; exit 0'
	t_assert_rc 0
	t_wait_for 5 test -s away
	t_track "$(cat away)"
	t_wait_for 5 test ! -e d.pid
	t_assert_absent d.pid
	assertTrue 'it is not ours to end' "t_alive $(cat away)"
}

# --- the end ----------------------------------------------------------------

testANormalExitRemovesIt() {
	t_not_in static 'nothing of ours is in it at its end' || return 0
	for program in probe sigprobe closer; do
		case $program in
		probe) t_start -- "$T_PROGRAMS/probe" --stay info && t_wait_for 5 test -s info ;;
		sigprobe) t_start && t_wait_for 5 test -e got ;;
		closer) t_start -- "$T_PROGRAMS/closer" && t_wait_for 5 t_lost_posix ;;
		esac
		t_assert_rc 0 || return
		t_wait_for 5 t_catches_term
		kill "$pid"
		t_assert_gone "$pid"
		t_assert_absent d.pid || return
	done
}

# TERM is bit 15 of the mask.
t_catches_term() {
	[ $((0x$(t_status "$pid" SigCgt | tail -c 9) >> 14 & 1)) = 1 ]
}

testAShortProgramLeavesNothing() {
	T_READY=main
	t_not_in static 'nothing of ours is in it at its end' || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" info
	t_assert_rc 0
	t_wait_for 5 test -s info
	t_wait_for 5 test ! -e d.pid
	t_assert_absent d.pid
}

testAnExitStatusOfItsOwnDoesNotMatter() {
	T_READY=main
	t_not_in static 'nothing of ours is in it at its end' || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/dier" --quiet 3
	t_assert_rc 0
	t_wait_for 5 test ! -e d.pid
	t_assert_absent d.pid
}

testAKilledDaemonLeavesAHarmlessFile() {
	t_start || return
	t_kill_hard "$pid"
	assertEquals "$pid" "$(cat d.pid)"
	t_state stale
	t_start || return
	t_state running
}

# The file that it would remove is another's by now.
testARemovedFileIsNotMissed() {
	t_start || return
	first=$pid
	rm d.pid
	t_state stopped
	t_start || return
	second=$pid
	assertNotEquals "$first" "$second"
	kill "$first"
	t_assert_gone "$first"
	assertEquals "$second" "$(cat d.pid)"
	t_state running
}

testAFileThatNamesAnotherIsNotRemoved() {
	t_start || return
	echo 4194304 >d.pid
	t_wait_for 5 t_catches_term
	kill "$pid"
	t_assert_gone "$pid"
	assertEquals 4194304 "$(cat d.pid)"
}

# It stays, stale, which hinders nobody.
testADaemonThatMayNotRemoveItLeavesIt() {
	t_need_user || return 0
	: >got
	chown "$T_USER" got
	t_start "DAEMONIZE_USER=$T_USER" || return
	assertEquals "$(id -u "$T_USER")" "$(t_status "$pid" Uid | cut -f 1)"
	t_wait_for 5 t_catches_term
	t_runs
	kill "$pid"
	t_assert_gone "$pid"
	assertEquals "$pid" "$(cat d.pid)"
	t_state stale
	t_start
}

testInAChrootTheSamePathIsAnotherFile() {
	t_need_root || return 0
	mkdir -p "jail$WORK"
	echo precious >"jail$WORK/d.pid"
	t_jail jail "$T_PROGRAMS/sigprobe"
	t_start DAEMONIZE_CHROOT=jail || return
	assertEquals "$WORK/jail" "$(readlink "/proc/$pid/root")"
	t_runs
	t_state running
	t_wait_for 5 t_catches_term
	kill "$pid"
	t_assert_gone "$pid"
	assertEquals precious "$(cat "jail$WORK/d.pid")"
	assertEquals "$pid" "$(cat d.pid)"
	t_second 0
}

# --- what was in it ---------------------------------------------------------

# Somebody's notes, say: not ours to overwrite.
testAFileThatHoldsSomethingElseIsRefusedAndKept() {
	for content in -1 0 1x 99999999999 ' ' ' 1' '+1' 0x1 '1 2' 4194305 abc '$(id)' '٣' 01; do
		printf '%s' "$content" >d.pid
		t_second 73 'holds something other than a pid'
		assertEquals "'$content'" "$content" "$(cat d.pid)"
	done
	dd if=/dev/urandom of=d.pid bs=1024 count=1024 2>/dev/null
	cp d.pid before
	t_second 73 'holds something other than a pid'
	assertTrue 'it is as it was' 'cmp before d.pid'
}

testADeadPid() {
	sh -c 'echo $$' >d.pid
	t_start
}

# Younger than the file: it has taken the number of a daemon that is gone.
testAnUnrelatedYoungerProcess() {
	echo $$ >d.pid
	touch -t 199001010000 d.pid
	t_start
}

# Older than the file, and no lock: as a daemon that has lost them both.
testAnOlderProcessCounts() {
	echo $$ >d.pid
	t_second 75 "already running as pid $$"
	assertEquals $$ "$(cat d.pid)"
}

# In nanoseconds these are more than 64 bits.
testAFileOfTheFarFutureOrPast() {
	echo $$ >d.pid
	touch -d @99999999999 d.pid 2>/dev/null || { t_skip 'needs a touch(1) of wide times'; return; }
	t_start || return
	t_kill_hard "$pid"
	echo $$ >d.pid
	touch -d @-99999999999 d.pid
	t_start
}

# Under a pid 1 that does not reap.
testAZombieIsNobody() {
	t_need "$T_PYTHON" || return 0
	"$T_PYTHON" -c 'import os, time
pid = os.fork()
if pid == 0:
    os._exit(0)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
open("d.pid", "w").write("%d\n" % pid)
open("ready", "w").write("1")
time.sleep(60)' </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 test -s ready
	assertEquals Z "$(t_status "$(cat d.pid)" State | cut -c 1)"
	t_start
}

# --- others that lock -------------------------------------------------------

testFlockSeesTheDaemon() {
	t_not_in static 'nothing maps the file in it' || return 0
	t_need flock || return 0
	t_start || return
	t_capture flock -n d.pid true
	t_assert_rc 1
	t_capture flock -n -s d.pid true
	t_assert_rc 1
	t_kill_hard "$pid"
	t_capture flock -n d.pid true
	t_assert_rc 0
}

# t_hold [HOLDER-OPTION]...: somebody locks d.pid; its pid in $holder.
t_hold() {
	rm -f held
	"$T_PROGRAMS/holder" "$@" d.pid </dev/null >/dev/null 2>held &
	holder=$!
	t_track "$holder"
	t_wait_for 5 test -s held
	assertEquals held "$(cat held)"
}

testTheDaemonSeesFlock() {
	for option in --flock --mapped; do
		t_hold "$option" --text ''
		t_second 73 "it is locked by pid $holder of uid $(id -u)"
		t_assert_empty d.pid
		t_kill "$holder"
	done
	t_second 0
}

testTheDaemonSeesAPosixLock() {
	t_hold --posix
	t_second 75 "already running as pid $holder ($WORK/d.pid)"
	t_kill "$holder"
	t_hold --posix --text ''
	t_second 73 "it is locked by pid $holder of uid $(id -u)"
	assertTrue 'the holder lives' "t_alive $holder"
}

# Somebody who only looks, or waits its turn, does not make a start fail.
testALockThatPassesIsWaitedFor() {
	t_need flock || return 0
	: >d.pid
	flock d.pid sh -c 'echo >locked; sleep 0.3' &
	t_track $!
	t_wait_for 5 test -e locked
	t_start
}

testAWaitingFlockGetsItsTurn() {
	t_need flock || return 0
	t_start || return
	flock d.pid sh -c 'echo yes >turn' </dev/null >/dev/null 2>&1 &
	t_track $!
	t_kill_hard "$pid"
	assertTrue 'its turn' 't_wait_for 5 test -s turn'
}

# --- strangers --------------------------------------------------------------

# t_stranger HOLDER-OPTION...: T_USER, who may only read d.pid, locks it.
t_stranger() {
	rm -f held
	# shellcheck disable=SC2086 # a prefix of words
	$T_AS_USER "$T_PROGRAMS/holder" "$@" d.pid </dev/null >/dev/null 2>held &
	holder=$!
	t_track "$holder"
	t_wait_for 5 test -s held
	assertEquals held "$(cat held)"
}

t_stale_file() {
	t_start || return
	t_kill_hard "$pid"
}

testALockOfAStrangerBlocksNoStart() {
	t_need_user || return 0
	for how in --posix --flock '--posix --flock' --ofd; do
		t_stale_file || return
		# shellcheck disable=SC2086 # words
		t_stranger $how --read
		t_state stale
		t_second 0
		pid=$(t_pid d.pid)
		t_runs
		t_state running
		t_kill "$holder"
		t_kill_hard "$pid"
	done
	t_assert_absent .d.pid.new .d.pid.lock
}

testAStaleFileThatAStrangerLocksIsRemoved() {
	t_need_user || return 0
	for how in --posix --flock; do
		t_stale_file || return
		t_stranger "$how" --read
		t_dsig stop ./d.pid
		t_assert_rc 1
		t_assert_absent d.pid .d.pid.new .d.pid.lock
		t_kill "$holder"
	done
}

testALockOfAStrangerKeepsNoDaemonFromRemovingItsFile() {
	t_not_in static 'nothing of ours is in it at its end' || return 0
	t_need_user || return 0
	t_start || return
	t_stranger --posix --read
	t_wait_for 5 t_catches_term
	kill "$pid"
	t_assert_gone "$pid"
	t_assert_absent d.pid
}

testAStrangersLockMakesNobodyOverwriteSomethingElse() {
	t_need_user || return 0
	echo 'my notes' >d.pid
	t_stranger --posix --read
	t_second 73 'holds something other than a pid'
	assertEquals 'my notes' "$(cat d.pid)"
}

# Neither the daemon, nor who it has started, though they are somebody else's.
testNobodyCanWriteThePidFileThroughTheDaemon() {
	t_need_user || return 0
	mkdir theirs
	chown "$T_USER" theirs
	t_start "DAEMONIZE_USER=$T_USER" -- "$T_PROGRAMS/worker" 2 theirs/workers || return
	t_wait_for 5 test -s theirs/workers
	for t_pid in "$pid" $(cat theirs/workers); do
		for fd in "/proc/$t_pid/fd"/*; do
			[ "$(readlink "$fd")" = "$WORK/d.pid" ] || continue
			sed -n 's/^flags:.*\(.\)$/\1/p' "/proc/$t_pid/fdinfo/${fd##*/}"
		done
	done >open
	assertEquals 'read only' 0 "$(sort -u open)"
}

testADaemonOfAnotherUserSteersNobody() {
	t_not_in static 'it is no static program' || return 0
	t_need_user && t_need "$T_PYTHON" || return 0
	sleep 60 &
	victim=$!
	t_track $victim
	: >tried
	chown "$T_USER" tried
	cat >attack.py <<-'END'
		import os, signal, sys
		victim = (sys.argv[1] + "\n").encode()
		for name in os.listdir("/proc/self/fd"):
		    for fd in (lambda: int(name), lambda: os.open("/proc/self/fd/" + name, os.O_RDWR)):
		        try:
		            fd = fd()
		            if fd > 2:
		                os.ftruncate(fd, 0)
		                os.pwrite(fd, victim, 0)
		        except OSError:
		            pass
		open("tried", "w").write("yes")
		os.kill(os.getpid(), signal.SIGKILL)
	END
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_READY=main "DAEMONIZE_USER=$T_USER" -- \
		"$T_PYTHON" attack.py $victim
	t_wait_for 5 test -s tried
	pid=$(t_pid d.pid)
	t_assert_gone "$pid"
	t_dsig stop ./d.pid
	t_assert_rc 1
	assertTrue 'the victim lives' "t_alive $victim"
}

# --- numbers that are used again ----------------------------------------------

# t_as_pid N COMMAND...: in the background, as process N; 1: somebody else took it.
t_as_pid() {
	t_wanted=$1
	shift
	# shellcheck disable=SC2034 # a count
	for t_try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
		21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
		echo $((t_wanted - 1)) >/proc/sys/kernel/ns_last_pid
		"$@" &
		[ $! -ne "$t_wanted" ] || return 0
		kill -s KILL $! # TERM could be lost in the shell's own handler
		wait $! 2>/dev/null
	done
	t_skip "somebody else is process $t_wanted"
	return 1
}

t_need_numbers() {
	t_need_user || return 1
	[ -w /proc/sys/kernel/ns_last_pid ] && return
	t_skip 'needs to choose process numbers'
	return 1
}

testAStrangerWithTheDaemonsNumberProvesNothing() {
	t_need_numbers || return 0
	t_stale_file || return
	# shellcheck disable=SC2086 # words
	t_as_pid "$pid" $T_AS_USER "$T_PROGRAMS/holder" --posix --flock --read d.pid \
		>/dev/null 2>held || return 0
	t_track "$pid"
	t_wait_for 5 test -s held
	t_state stale
	t_second 0
}

# The kernel goes on naming who has locked the file, and whoever has that number.
testALockThatSurvivesItsProcessProvesNothing() {
	t_need_numbers || return 0
	t_defer 't_wait_for 5 t_no_holder' # nor those of failed attempts
	t_stale_file || return
	# shellcheck disable=SC2086 # words
	t_as_pid "$pid" $T_AS_USER "$T_PROGRAMS/holder" --posix --flock --read --shared d.pid \
		>child 2>held || return 0
	wait "$pid"
	t_wait_for 5 test -s child
	t_as_pid "$pid" sleep 60 </dev/null >/dev/null 2>&1 || return 0
	t_track "$pid"
	t_dsig stop ./d.pid
	assertTrue "it lives, $(cat err)" "t_alive $pid"
	# Where pids are a container's, who holds the lock cannot be seen.
	case $rc in
	1) t_assert_absent d.pid ;;
	4) t_assert_err 'cannot be seen' ;;
	*) fail "status $rc" ;;
	esac
}

t_no_holder() {
	found=0
	for t_pid in $(t_ours); do
		[ "$(cat "/proc/$t_pid/comm" 2>/dev/null)" = holder ] || continue
		kill -s KILL "$t_pid"
		found=1
	done
	return $found
}

testAKernelThreadIsNoDaemon() {
	[ "$(tr -d '()' 2>/dev/null </proc/2/comm)" = kthreadd ] ||
		{ t_skip 'needs to see a kernel thread'; return 0; }
	echo 2 >d.pid
	t_state stale
	t_second 0
}

testAThreadIsNoDaemon() {
	t_need "$T_PYTHON" || return 0
	"$T_PYTHON" -c 'import threading, time
def write():
    open("d.pid", "w").write("%d\n" % threading.get_native_id())
    open("ready", "w").write("1")
    time.sleep(60)
threading.Thread(target=write, daemon=True).start()
time.sleep(60)' </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 test -s ready
	t_state stale
	t_second 0
}

# A daemon may be behind a number that lives: it may have lost its locks.
testWithoutProcNobodyIsTakenForGone() {
	t_not_in static 'it is executed through /proc' || return 0
	t_need_mounts || return 0
	t_start_lost || return
	cat >blind.sh <<-END
		mount -t tmpfs none /proc
		DAEMONIZE_PIDFILE=$WORK/d.pid LD_PRELOAD=$T_LIB "$T_PROGRAMS/sigprobe" second
		echo \$?
	END
	t_capture unshare -m sh blind.sh
	assertEquals "$(cat err)" 73 "$(cat out)"
	t_assert_err 'the process that it names lives'
}

# --- time ---------------------------------------------------------------------

testATimeInTheFutureProvesNothing() {
	sleep 60 &
	t_track $!
	echo $! >d.pid
	touch -d "@$(($(date +%s) + 3600))" d.pid
	t_dsig stop ./d.pid
	t_assert_rc 4
	assertTrue 'it lives' "t_alive $(cat d.pid)"
	t_second 0
}

# A daemon behind d.pid that has lost both locks.
t_start_lost() {
	printf '#!/bin/sh\nexec "%s/closer"\n' "$T_PROGRAMS" >wrapper
	chmod +x wrapper
	t_start -- ./wrapper || return
	t_wait_for 5 t_lost_flock
	t_wait_for 5 t_lost_posix
}

# t_evidence WORD: what dsig knows the daemon by.
t_evidence() {
	t_dsig status --json ./d.pid
	assertEquals "$(cat err)" "$1" "$(sed -n 's/.*"evidence": *"\([a-z]*\)".*/\1/p' out)"
}

# Moves the file's time as a step of the clock seems to, and everything else that
# changes its status.
testTheStampOutlastsAStepOfTheClock() {
	t_start_lost || return
	t_evidence stamp
	mode=600
	for step in -3600 7200; do
		mtime=$(stat -c %.9Y d.pid)
		touch -d "@$((${mtime%.*} + step)).${mtime#*.}" d.pid
		chmod $mode d.pid
		mv d.pid another && mv another d.pid
		t_state running
		t_evidence stamp
		t_runs
		mode=644
	done
	echo "$pid" >d.pid
	t_state unlocked
	t_runs
}

t_in_the_past() { [ "$(stat -c %Y "$1")" -lt "$(date +%s)" ]; }

# Others could find the right time by trying.
testAFileThatOthersCanWriteHasToHaveTheWholeStamp() {
	t_start_lost || return
	t_wait_for 5 t_in_the_past d.pid
	chmod 666 d.pid
	t_evidence clock
	t_runs
}

t_need_mounts_at() {
	t_need_mounts || return 1
	unshare -m mount --bind /dev/null "$1" 2>/dev/null && return
	t_skip "needs to mount over $1"
	return 1
}

testAStampOfAnEarlierBootIsNone() {
	boot=/proc/sys/kernel/random/boot_id
	t_need_mounts_at $boot || return 0
	t_start_lost || return
	echo 01234567-89ab-cdef-0123-456789abcdef >boot
	for state in running stale; do
		assertEquals $state "$(unshare -m sh -c "[ $state = running ] || mount --bind boot $boot
			'$T_DSIG' status --json ./d.pid" | sed 's/.*"state": *"\([a-z]*\)".*/\1/')"
	done
}

# Start times are another's there: not stale, but nothing is certain.
testAReaderInAnotherTimeNamespace() {
	t_need_root || return 0
	unshare -T --boottime 86400 -f true 2>/dev/null ||
		{ t_skip 'needs time namespaces'; return 0; }
	t_start_lost || return
	t_capture unshare -T --boottime 86400 -f "$T_DSIG" status --json ./d.pid
	assertEquals unlocked "$(sed 's/.*"state": *"\([a-z]*\)".*/\1/' out)"
	t_capture unshare -T --boottime 86400 -f env DAEMONIZE_PIDFILE=d.pid \
		"$T_DSTART" "$T_PROGRAMS/sigprobe" second
	t_assert_rc 75
}

# The number is another process's there; only the lock says that there is one.
testAReaderInAnotherPidNamespace() {
	t_not_in static 'nothing maps the file in it' || return 0
	t_need_mounts || return 0
	unshare -pf --mount-proc true 2>/dev/null || { t_skip 'needs pid namespaces'; return 0; }
	# shellcheck disable=SC2086 # words
	unshare -pf --kill-child --mount-proc sh -c '
		env DAEMONIZE_PIDFILE=d.pid "$@" && cat d.pid >first && exec sleep 60' sh \
		$T_LAUNCH "$T_PROGRAMS/closer" </dev/null >/dev/null 2>&1 &
	t_track $!
	assertTrue 'it runs' 't_wait_for 10 test -s first'
	t_wait_for 5 t_lost_posix
	cat >other.sh <<-END
		pid=\$(cat first)
		echo \$((pid - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 60 &
		[ \$! -eq \$pid ] || echo "is \$!, not \$pid"
		"$T_DSIG" stop ./d.pid
		echo \$?
		kill \$pid && echo 'it lived'
	END
	t_capture timeout 20 unshare -pf --mount-proc sh other.sh
	assertEquals "$(cat err)" '4 it lived' "$(xargs <out)"
	t_assert_err 'locked by a process that cannot be seen from here'
}

testOnAFileSystemOfWholeSeconds() {
	t_need_mounts && t_need mkfs.ext4 || return 0
	dd if=/dev/zero of=disk bs=1M count=4 2>/dev/null
	mkfs.ext4 -q -I 128 -F disk >/dev/null 2>&1
	printf '#!/bin/sh\nexec "%s/closer"\n' "$T_PROGRAMS" >wrapper
	chmod +x wrapper
	cat >seconds.sh <<-END
		mkdir there && mount -o loop disk there || { echo >refused; exit; }
		start() {
			env DAEMONIZE_PIDFILE=there/d.pid $T_LAUNCH "\$@" </dev/null
			echo "start \$?"
		}
		status() {
			"$T_DSIG" status --json there/d.pid |
				sed 's/.*"state": *"\([a-z]*\)".*/\1/'
		}
		ends() {
			pid=\$(cat there/d.pid)
			kill -KILL \$pid
			while kill -0 \$pid 2>/dev/null; do sleep 0.02; done
		}
		start "$T_PROGRAMS/sigprobe" got
		status
		start "$T_PROGRAMS/sigprobe" second
		ends
		status
		start ./wrapper
		tries=0
		while grep -q ":\$(stat -c %i there/d.pid) " /proc/locks && [ \$tries -lt 100 ]; do
			tries=\$((tries + 1))
			sleep 0.02
		done
		status
		start "$T_PROGRAMS/sigprobe" second
		ends
		status
	END
	t_capture timeout 30 unshare -m sh seconds.sh
	[ ! -e refused ] || { t_skip 'cannot mount a file'; return 0; }
	assertEquals "$(cat err)" 'start 0 running start 75 stale start 0 unlocked start 75 stale' \
		"$(xargs <out)"
}

# --- other programs' files, and other kinds of lock -----------------------------

testAnOpenFileDescriptionsLock() {
	t_hold --ofd --text ''
	t_second 73 'locked by a process that cannot be seen from here'
	t_assert_empty d.pid
}

testADirectoryThatIsAnotherByNow() {
	t_not_in static 'nothing of ours is in it at its end' || return 0
	mkdir run
	t_spawn DAEMONIZE_PIDFILE=run/d.pid -- "$T_PROGRAMS/sigprobe" got TERM
	t_assert_started run/d.pid && t_track "$pid"
	t_wait_for 5 t_catches_term
	mv run old && mkdir run && echo "$pid" >run/d.pid
	kill "$pid"
	t_assert_gone "$pid"
	assertEquals "$pid" "$(cat run/d.pid)"
}

# As postgres: more lines, and it looks whether they are still there.
testAProgramsOwnFileIsItsOwn() {
	cat >own.sh <<-'END'
		#!/bin/sh
		printf '%s\n/var/lib/data\n5432\n' $$ >d.pid
		trap 'exit 0' TERM
		echo >up
		while :; do sleep 0.05; done
	END
	chmod +x own.sh
	t_spawn DAEMONIZE_PIDFILE=d.pid -- ./own.sh
	t_assert_rc 0
	t_wait_for 5 test -e up
	pid=$(head -n 1 d.pid)
	t_track "$pid"
	cp d.pid before
	t_runs
	t_state running
	t_dsig -n term ./d.pid
	t_assert_rc 0
	kill "$pid"
	t_assert_gone "$pid"
	t_assert_same before d.pid
}

# --- file systems -----------------------------------------------------------

# overlayfs does not keep the lock of a mapping. All in one namespace.
testOnAnOverlay() {
	t_not_in static 'nothing of ours is in it at its end' || return 0
	t_need_mounts || return 0
	cat >overlay.sh <<-END
		mkdir under merged && mount -t tmpfs none under && mkdir under/l under/u under/w &&
			mount -t overlay none -o lowerdir=under/l,upperdir=under/u,workdir=under/w \
				merged || { echo >refused; exit; }
		start() {
			env DAEMONIZE_PIDFILE=merged/d.pid $T_LAUNCH "\$@" </dev/null
			echo "start \$?"
		}
		ends() {
			pid=\$(cat merged/d.pid)
			kill "\$1" \$pid
			while kill -0 \$pid 2>/dev/null; do sleep 0.02; done
		}
		status() {
			"$T_DSIG" status --json merged/d.pid |
				sed 's/.*"state": *"\([a-z]*\)".*/\1/'
		}
		start "$T_PROGRAMS/sigprobe" --pid-first got TERM
		start "$T_PROGRAMS/sigprobe" second
		status
		until [ -s got ]; do sleep 0.02; done
		ends -TERM
		ls merged
		start "$T_PROGRAMS/closer"
		tries=0
		while fuser merged/d.pid >/dev/null 2>&1 && [ \$tries -lt 100 ]; do
			tries=\$((tries + 1))
			sleep 0.02
		done
		start "$T_PROGRAMS/sigprobe" second
		ends -KILL
		status
		start "$T_PROGRAMS/worker" 1 workers
		until [ -s workers ]; do sleep 0.02; done
		ends -KILL
		start "$T_PROGRAMS/sigprobe" second
		kill \$(cat workers) \$(cat merged/d.pid)
	END
	t_capture timeout 30 unshare -m sh overlay.sh
	[ ! -e refused ] || { t_skip 'cannot mount an overlay'; return 0; }
	assertEquals "$(cat err)" 'start 0
start 75
running
start 0
start 75
stale
start 0
start 0' "$(cat out)"
}

testOnAReadOnlyFileSystem() {
	t_need_mounts || return 0
	mkdir ro
	cat >ro.sh <<-END
		mount -t tmpfs none ro && : >ro/old.pid && mount -o remount,ro ro || exit 99
		for name in old new; do
			env DAEMONIZE_PIDFILE=ro/\$name.pid $T_LAUNCH "$T_PROGRAMS/probe" ran
			echo \$?
		done
	END
	t_capture timeout 30 unshare -m sh ro.sh
	assertEquals '73 73' "$(xargs <out)"
	t_assert_err "unable to open pid file $WORK/ro/new.pid: Read-only file system"
	t_assert_absent ran
}

# shellcheck disable=SC1090
# The copy cannot see its pid file, takes it for unlinked, and is started again
# until the time is over: what the first one made is still this launch's.

. "${SHUNIT2:-shunit2}"
