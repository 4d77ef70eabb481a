#!/bin/sh
# SPDX-License-Identifier: MIT
# Logs that are rotated while a program writes, and the loggers that rotate on
# their own. Lines are numbered: each number has to be there once.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
# shellcheck disable=SC2016 # programs in sh, expanded there
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
# What writes a log ends by itself here.
setUp() { t_begin && T_READY=main || return 1; }
tearDown() { t_end; }

# t_daemon [VAR=VALUE]... -- COMMAND...: with a log, reopened at USR1.
t_daemon() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_REOPEN=USR1 "$@"
	t_assert_started d.pid
}

# What it has open as stream N.
t_stream() { readlink "/proc/$pid/fd/$1"; }
t_streams() { [ "$(t_stream 1)" = "$1" ] && [ "$(t_stream 2)" = "${2:-$1}" ]; }

t_reopen() {
	t_dsig reopen ./d.pid
	t_assert_rc 0
	t_assert_silent
}

# t_size_beyond FILE BYTES
t_size_beyond() { [ -e "$1" ] && [ "$(wc -c <"$1")" -gt "$2" ]; }

# t_count FILE...: numbered lines that are there, missing before the last, there
# more than once, out of order, and lines that are none. Rotated ones first.
t_count() {
	awk '!/^line [1-9][0-9]*$/ { odd++; next }
		$2 <= last { if ($2 in seen) twice++; disorder++ }
		$2 > last { for (n = last + 1; n < $2; n++) missing++; last = $2 }
		NR > 5000000 { exit }
		END { print "lines " last - missing ", missing " missing + 0 ", disorder " \
			disorder + 0 ", odd " odd + 0 }' "$@"
}

# t_assert_whole FILE...: all numbers, in order.
t_assert_whole() {
	t_counted=$(t_count "$@")
	case $t_counted in
	*'missing 0, disorder 0, odd 0') assertTrue true ;;
	*) fail "$t_counted" ;;
	esac
}

# --- reopening ------------------------------------------------------------------

# Neither reopening nor line buffering.
t_reopens() { t_not_in static 'nothing of ours is in it'; }

# Followed once, when the log was opened: the handler itself follows no link.
testALinkedLogIsReopenedWhereItPoints() {
	t_reopens || return 0
	mkdir real
	ln -s real/x.log d.log
	t_daemon -- "$T_PROGRAMS/probe" --stay info || return
	mv real/x.log real/x.log.1
	t_reopen
	t_wait_for 5 t_streams "$WORK/real/x.log"
	assertTrue "$(t_stream 1)" 't_streams "$WORK/real/x.log"'
}

testALogInsideTheChrootIsReopened() {
	t_reopens || return 0
	t_need_root || return 0
	mkdir -p jail/log
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=jail/log/d.log DAEMONIZE_REOPEN=USR1 \
		DAEMONIZE_CHROOT=jail -- "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid || return
	mv jail/log/d.log jail/log/d.log.1
	t_reopen
	t_wait_for 5 test -e jail/log/d.log
	assertTrue 'no new log' '[ -e jail/log/d.log ]'
}

testALogOutsideTheChrootCannotBeReopened() {
	t_need_root || return 0
	mkdir jail
	t_spawn DAEMONIZE_LOGFILE=d.log DAEMONIZE_REOPEN=USR1 DAEMONIZE_CHROOT=jail \
		-- "$T_PROGRAMS/probe" ran
	t_assert_rc 78 && t_assert_err "unable to reopen $WORK/d.log: it is outside $WORK/jail"
}

testAReopenedLogIsANewFile() {
	t_daemon -- sh -c 'echo before; while [ ! -e "$1" ]; do sleep 0.02; done
		echo after; echo too >&2; exec sleep 1000' sh "$WORK/go" || return
	t_wait_for 5 grep -q before d.log
	mv d.log d.log.1
	t_reopen
	t_wait_for 5 t_streams "$WORK/d.log"
	: >go
	t_wait_for 5 grep -q too d.log
	assertEquals 'before' "$(cat d.log.1)"
	assertEquals 'after too' "$(xargs <d.log)"
	assertEquals 640 "$(stat -c %a d.log)"
}

testNoLineIsLostByRenameAndReopen() {
	t_reopens || return 0
	t_daemon -- "$T_PROGRAMS/flood" || return
	for t_n in 1 2 3 4 5 6 7 8 9; do
		t_wait_for 5 t_size_beyond d.log 20000
		mv d.log "d.log.$t_n"
		t_reopen
		t_wait_for 5 t_streams "$WORK/d.log"
	done
	t_kill "$pid"
	t_assert_whole d.log.1 d.log.2 d.log.3 d.log.4 d.log.5 d.log.6 d.log.7 d.log.8 d.log.9 d.log
}

testEachSignalIsHeardInAStorm() {
	t_reopens || return 0
	t_daemon -- "$T_PROGRAMS/flood" || return
	t_n=0
	while [ $t_n -lt 300 ]; do
		t_n=$((t_n + 1))
		mv d.log "d.log.$t_n" 2>/dev/null
		kill -s USR1 "$pid"
	done
	t_wait_for 5 t_streams "$WORK/d.log"
	t_kill "$pid"
	# some were renamed again before the reopening: those that are there
	set --
	for t_n in $(seq 300); do
		[ ! -e "d.log.$t_n" ] || set -- "$@" "d.log.$t_n"
	done
	t_assert_whole "$@" d.log
}

testSeparateStreamsAreBothReopened() {
	t_reopens || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_STDOUT=o.log DAEMONIZE_STDERR=e.log \
		DAEMONIZE_REOPEN=USR1 -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	mv o.log o.log.1
	mv e.log e.log.1
	t_reopen
	assertTrue 'both' "t_wait_for 5 t_streams '$WORK/o.log' '$WORK/e.log'"
}

testAJointLogIsOpenedOnce() {
	t_reopens || return 0
	t_daemon -- "$T_PROGRAMS/probe" --stay info || return
	mv d.log d.log.1
	t_reopen
	t_wait_for 5 t_streams "$WORK/d.log"
	echo x >>d.log
	assertEquals 'its descriptors' "$(t_field info fds)" "$(find "/proc/$pid/fd" -type l | wc -l | xargs)"
}

testADescriptorThatIsReopenedIsOrdinary() {
	t_reopens || return 0
	t_daemon -- "$T_PROGRAMS/probe" --stay info || return
	mv d.log d.log.1
	t_reopen
	t_wait_for 5 t_streams "$WORK/d.log"
	flags=$(sed -n 's/^flags:[[:space:]]*//p' "/proc/$pid/fdinfo/1")
	assertEquals 'O_WRONLY|O_APPEND, no O_NONBLOCK, no O_CLOEXEC' 02001 \
		"$(printf '0%o' $((flags & 02006003)))"
}

testAnotherSignalIsPossible() {
	t_reopens || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_REOPEN=RTMIN+3 -- \
		"$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	mv d.log d.log.1
	t_capture env DAEMONIZE_REOPEN=RTMIN+3 "$T_DSIG" reopen ./d.pid
	t_assert_rc 0
	assertTrue 'reopened' "t_wait_for 5 t_streams '$WORK/d.log'"
}

testWithoutReopenTheSignalIsTheKernels() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	assertEquals 0 $(((0x$(t_status "$pid" SigCgt) >> 9) & 1))
}

testTheProgramsOwnHandlerIsLeftAlone() {
	t_daemon -- "$T_PROGRAMS/sigprobe" --pid-first got USR1 || return
	t_wait_for 5 grep -q ready got
	mv d.log d.log.1
	t_dsig reopen ./d.pid
	t_assert_rc 75 && t_assert_err "d: process $pid (sigprobe) still writes to $WORK/d.log.1"
	t_wait_for 5 grep -q USR1 got
	assertEquals USR1 "$(tail -n 1 got)"
	t_assert_absent d.log
	assertEquals "$WORK/d.log.1" "$(t_stream 1)"
}

# A worker that has only inherited the log does not hear the signal.
testAWorkerThatKeepsTheOldLogIsNamed() {
	t_reopens || return 0
	t_daemon -- sh -c 'sleep 1000 & echo $! >worker; while :; do sleep 0.02; done' || return
	t_wait_for 5 test -s worker
	worker=$(cat worker)
	t_track "$worker"
	mv d.log d.log.1
	t_dsig reopen ./d.pid
	t_assert_rc 75 && t_assert_err "d: process $worker (sleep) still writes to $WORK/d.log.1"
	assertEquals 'only that' 1 "$(wc -l <err)"
	t_streams "$WORK/d.log"
	assertEquals 'the daemon has reopened' 0 $?
	t_kill "$worker"
	t_reopen
}

testASignalThatTheProgramIgnoresStaysIgnored() {
	t_daemon -- "$T_PROGRAMS/sigprobe" --pid-first got ignore=USR1 || return
	t_wait_for 5 grep -q ready got
	mv d.log d.log.1
	kill -s USR1 "$pid"
	kill -s TERM "$pid"
	t_assert_gone "$pid"
	t_assert_absent d.log
}

testEveryThreadWritesToTheNewLog() {
	t_need "$T_PYTHON" || return 0
	cat >threads.py <<-'END'
		import os, signal, sys, threading
		stop = threading.Event()
		signal.signal(signal.SIGTERM, lambda *a: stop.set())
		def write(name):
		    n = 0
		    while not stop.is_set():
		        n += 1
		        os.write(1, b"%s %d\n" % (name, n))
		    os.write(1, b"%s end %d\n" % (name, n))
		threads = [threading.Thread(target=write, args=(b"t%d" % i,)) for i in range(4)]
		for t in threads:
		    t.start()
		while not stop.is_set():
		    stop.wait(1)
		for t in threads:
		    t.join()
	END
	t_daemon -- "$T_PYTHON" -S -E threads.py || return
	for t_n in 1 2 3 4 5; do
		t_wait_for 5 t_size_beyond d.log 5000
		mv d.log "d.log.$t_n"
		t_reopen
		t_wait_for 5 t_streams "$WORK/d.log"
	done
	kill -s TERM "$pid"
	t_assert_gone "$pid"
	cat d.log.1 d.log.2 d.log.3 d.log.4 d.log.5 d.log | awk '
		$2 == "end" { if (last[$1] != $3) bad = bad " end of " $1; ends++; next }
		$2 != ++last[$1] { bad = bad " " $0 }
		END { print bad; exit bad != "" || ends != 4 }' >bad
	assertEquals 0 $?
	assertEquals '' "$(head -c 200 bad)"
}

testAReopenedLogIsTheDaemonsUsers() {
	t_reopens || return 0
	t_need_user || return 0
	mkdir logs && chown "$T_USER" logs
	chmod 755 .
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=logs/d.log DAEMONIZE_REOPEN=USR1 \
		DAEMONIZE_LOGFILE_MODE=0600 DAEMONIZE_USER="$T_USER" -- "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid || return
	mv logs/d.log logs/d.log.1
	t_reopen
	assertTrue 'reopened' "t_wait_for 5 t_streams '$WORK/logs/d.log'"
	assertEquals "$(id -u "$T_USER") 600" "$(stat -c '%u %a' logs/d.log)"
}

# --- errors keep the old file -------------------------------------------------------

# t_kept: after a signal that cannot reopen, the old file is still written.
t_kept() {
	kill -s USR1 "$pid"
	echo go >go
	t_wait_for 5 grep -q after old.log
	assertEquals 'before after' "$(xargs <old.log)"
	assertTrue 'it lives' "t_alive $pid"
}

t_sayer() {
	mkdir logs
	t_daemon "$@" DAEMONIZE_LOGFILE=logs/d.log -- sh -c 'echo before
		while [ ! -e "$1" ]; do sleep 0.02; done; echo after; exec sleep 1000' sh "$WORK/go" ||
		return 1
	t_wait_for 5 grep -q before logs/d.log
	mv logs/d.log old.log
}

testADirectoryInItsPlaceKeepsTheOldLog() {
	t_sayer && mkdir logs/d.log && t_kept
}

testARemovedDirectoryKeepsTheOldLog() {
	t_reopens || return 0
	t_sayer && rm -r logs && t_kept
}

testALinkInItsPlaceIsNotFollowed() {
	t_sayer && ln -s "$WORK/none" logs/d.log && t_kept
	t_assert_absent none
}

testALinkToAFileInItsPlaceIsNotFollowed() {
	echo victim >victim
	t_sayer && ln -s "$WORK/victim" logs/d.log && t_kept
	assertEquals victim "$(cat victim)"
}

testAFifoWithoutReaderInItsPlaceKeepsTheOldLog() {
	t_sayer && mkfifo logs/d.log && t_kept
}

testADirectoryThatIsClosedToItsUserKeepsTheOldLog() {
	t_need_user || return 0
	chmod 755 .
	t_sayer DAEMONIZE_USER="$T_USER" && t_kept
	t_assert_absent logs/d.log
}

# --- logrotate ------------------------------------------------------------------------

# t_rotate TIMES DIRECTIVE...: that often, each time after some more has come.
t_rotate() {
	t_logrotate=$(PATH=$PATH:/usr/sbin:/sbin command -v logrotate)
	t_times=$1
	shift
	{
		echo "\"$WORK/d.log\" {"
		printf '%s\n' 'rotate 50' nocompress nomail missingok "$@"
		echo '}'
	} >rotate.conf
	chmod 644 rotate.conf
	t_n=0
	while [ $t_n -lt "$t_times" ]; do
		t_n=$((t_n + 1))
		t_wait_for 5 t_size_beyond d.log 20000
		t_capture "$t_logrotate" -f -s "$WORK/rotate.state" rotate.conf
		t_assert_rc 0 || return
	done
}

t_need_logrotate() { PATH=$PATH:/usr/sbin:/sbin t_need logrotate; }

testLogrotateWithReopenLosesNothing() {
	t_reopens || return 0
	t_need_logrotate || return 0
	t_daemon -- "$T_PROGRAMS/flood" || return
	t_rotate 5 nocreate postrotate "$T_DSIG reopen $WORK/d.pid" endscript
	t_wait_for 5 t_size_beyond d.log 20000
	t_kill "$pid"
	t_assert_whole d.log.5 d.log.4 d.log.3 d.log.2 d.log.1 d.log
	echo "rename and reopen: $(t_count d.log.5 d.log.4 d.log.3 d.log.2 d.log.1 d.log)"
}

testLogrotateMayCreateTheLog() {
	t_reopens || return 0
	t_need_logrotate || return 0
	t_daemon -- "$T_PROGRAMS/flood" || return
	t_rotate 3 'create 0604' postrotate "$T_DSIG reopen $WORK/d.pid" endscript
	t_wait_for 5 t_size_beyond d.log 20000
	t_kill "$pid"
	t_assert_whole d.log.3 d.log.2 d.log.1 d.log
	assertEquals 604 "$(stat -c %a d.log)"
}

# What is written between the copy and the truncation is lost, as its manual
# says; at a natural pace nothing is, and at any pace there is no hole.
testLogrotateWithCopytruncateLeavesNoHole() {
	t_need_logrotate || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/flood"
	t_assert_started d.pid || return
	t_rotate 3 copytruncate
	t_wait_for 5 t_size_beyond d.log 20000
	t_kill "$pid"
	assertEquals 'holes' 0 "$(cat d.log* | tr -cd '\0' | wc -c | xargs)"
	cat d.log.3 d.log.2 d.log.1 d.log >all
	echo "copytruncate at full speed: $(t_count all)"
	assertTrue 'no line twice, none torn but where a copy ended' \
		"t_count all | grep -Eq 'disorder 0, odd [0-6]\$'"
}

testLogrotateWithCopytruncateAtANaturalPace() {
	t_need_logrotate || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/flood" --pause 20
	t_assert_started d.pid || return
	t_rotate_small 3
	t_kill "$pid"
	cat d.log.3 d.log.2 d.log.1 d.log >all
	echo "copytruncate with 50 lines a second: $(t_count all)"
	assertTrue "$(t_count all)" "t_count all | grep -Eq 'missing [0-3], disorder 0, odd [0-2]\$'"
}

t_rotate_small() {
	t_logrotate=$(PATH=$PATH:/usr/sbin:/sbin command -v logrotate)
	printf '%s\n' "\"$WORK/d.log\" {" 'rotate 50' nocompress nomail copytruncate '}' >rotate.conf
	chmod 644 rotate.conf
	for t_n in $(seq "$1"); do
		t_wait_for 5 t_size_beyond d.log 50
		t_capture "$t_logrotate" -f -s "$WORK/rotate.state" rotate.conf
		t_assert_rc 0
	done
}

# --- line buffering ---------------------------------------------------------------------

# One line, and then nothing for a minute: is it in the log?
t_buffered() { # 0 or 1, PROGRAM
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_LINEBUF="$1" -- \
		"$2" --stdio --pause 60000 2
	t_assert_started d.pid
}

testPrintfReachesTheLogAtEachNewline() {
	t_reopens || return 0
	t_buffered 1 "$T_PROGRAMS/flood" || return
	t_wait_for 5 grep -q 'line 1' d.log
	assertEquals 'line 1' "$(cat d.log)"
}

testPrintfOfAMuslProgramReachesTheLogAtEachNewline() {
	[ -x "$T_PROGRAMS/flood-musl" ] || { t_skip 'needs musl-gcc'; return 0; }
	t_buffered 1 "$T_PROGRAMS/flood-musl" || return
	t_wait_for 5 grep -q 'line 1' d.log
	assertEquals 'line 1' "$(cat d.log)"
}

t_waits() { [ "$(t_stat "$pid" 3)" = S ] && [ -e "/proc/$pid/fd/1" ]; }
testWithoutThatPrintfWaits() {
	t_buffered 0 "$T_PROGRAMS/flood" || return
	t_wait_for 5 t_waits
	t_assert_empty d.log
	t_kill "$pid"
	assertEquals 'line 1' "$(cat d.log)"
}

testLineBufferingAndReopeningGoTogether() {
	t_reopens || return 0
	t_daemon DAEMONIZE_LINEBUF=1 -- "$T_PROGRAMS/flood" --stdio --pause 1 || return
	for t_n in 1 2 3; do
		t_wait_for 5 t_size_beyond d.log 200
		mv d.log "d.log.$t_n"
		t_reopen
		t_wait_for 5 t_streams "$WORK/d.log"
	done
	t_wait_for 5 t_size_beyond d.log 100
	t_kill "$pid"
	t_assert_whole d.log.1 d.log.2 d.log.3 d.log
}

# --- loggers that people have ---------------------------------------------------------

# t_through COMMAND GLOB: 3000 lines through |COMMAND, to be found in GLOB.
t_through() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE="|$1; echo \$? >status" -- \
		"$T_PROGRAMS/flood" 3000
	t_assert_rc 0
	t_wait_for 10 test -s status
	assertEquals 'its status' 0 "$(cat status)"
	# shellcheck disable=SC2086 # a pattern
	cat $2 >through
	sed 's/.*\(line [0-9]*\)$/\1/' through | sort -u -k 2n >numbers
	t_assert_whole numbers
	assertEquals 3000 "$(grep -c . numbers)"
}

testSvlogd() {
	t_need svlogd || return 0
	mkdir sv
	echo s10000000 >sv/config
	: >sv/@none
	t_through "svlogd -tt '$WORK/sv'" 'sv/@* sv/current'
}

testMultilog() {
	command -v multilog >/dev/null || { assertTrue 'not there: no gap' true; return; }
	t_through "multilog t s99999 n20 '$WORK/ml'" 'ml/@* ml/current'
}

testRotatelogs() {
	command -v rotatelogs >/dev/null || { assertTrue 'not there: no gap' true; return; }
	t_through "rotatelogs '$WORK/rl.%s' 1M" 'rl.*'
}

testLogger() {
	t_need logger "$T_PYTHON" || return 0
	cat >syslog.py <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
		s.bind("syslog")
		with open("syslog.got", "wb", 0) as got:
		    open("syslog.up", "w").close()
		    while True:
		        got.write(s.recv(65536) + b"\n")
	END
	"$T_PYTHON" -S -E syslog.py </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 test -e syslog.up
	t_through "logger -t web -u '$WORK/syslog'" syslog.got
	t_assert_has syslog.got ' web: line 3000'
}

. "${SHUNIT2:-shunit2}"
