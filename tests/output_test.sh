#!/bin/sh
# SPDX-License-Identifier: MIT
# Where the daemon's stdout and stderr go, what is created for it, and what is
# refused.
# shellcheck disable=SC2154,SC2086 # rc, pid: set by lib.sh; words of $T_LAUNCH
# shellcheck disable=SC2016 # programs in sh, expanded there
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

TWO='echo to out; echo to err >&2; exec sleep 1000'

# t_two [VAR=VALUE]...: a daemon that has said a line on each stream.
t_two() {
	t_spawn DAEMONIZE_PIDFILE=d.pid "$@" -- sh -c "$TWO"
	t_assert_started d.pid || return 1
	t_wait_for 5 t_said
}
t_said() { [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = sleep ]; }

# t_refuses TEXT [VAR=VALUE]...: status 73, no daemon, no pid file.
t_refuses() {
	t_text=$1
	shift
	t_spawn DAEMONIZE_PIDFILE=d.pid "$@" -- "$T_PROGRAMS/probe" --stay info
	t_assert_rc 73 && t_assert_err "$t_text"
	t_assert_absent d.pid info
}

t_mode() { stat -c %a "$1"; }
t_owner() { stat -c %u:%g "$1"; }
t_lines() { xargs <"$1"; }

# --- streams -----------------------------------------------------------------

testBothStreamsGoToTheLog() {
	t_two DAEMONIZE_LOGFILE=d.log
	assertEquals 'to out to err' "$(t_lines d.log)"
	t_assert_silent
}

testStreamsMayBeSeparate() {
	t_two DAEMONIZE_STDOUT=o.log DAEMONIZE_STDERR=e.log
	assertEquals 'to out' "$(cat o.log)"
	assertEquals 'to err' "$(cat e.log)"
}

testOneStreamMayGoElsewhere() {
	t_two DAEMONIZE_LOGFILE=d.log DAEMONIZE_STDOUT=null
	assertEquals 'to err' "$(cat d.log)"
	t_kill "$pid"
	t_two DAEMONIZE_LOGFILE=d.log DAEMONIZE_STDERR=e.log
	assertEquals 'to err to out' "$(t_lines d.log)"
	assertEquals 'to err' "$(cat e.log)"
}

testWithoutALogTheyGoToNull() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid
	assertEquals '/dev/null /dev/null' "$(t_field info fd.1) $(t_field info fd.2)"
}

testNullIsNull() {
	for t_null in null /dev/null; do
		t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=$t_null -- "$T_PROGRAMS/probe" --stay info
		t_assert_started d.pid || return
		assertEquals '/dev/null /dev/null' "$(t_field info fd.1) $(t_field info fd.2)"
		t_kill "$pid"
	done
}

testInheritIsTheCallersOwn() {
	t_two DAEMONIZE_LOGFILE=inherit
	assertEquals 'to out' "$(cat out)"
	assertEquals 'to err' "$(cat err)"
}

testTheSameFileTwiceIsOneFile() {
	T_READY=main
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_STDOUT=d.log DAEMONIZE_STDERR=d.log -- \
		"$T_PROGRAMS/flood" --stderr 100
	t_assert_rc 0
	t_wait_for 5 grep -q 'line 100' d.log
	assertEquals 100 "$(grep -c . d.log)"
}

testALogIsAppendedTo() {
	echo before >d.log
	t_two DAEMONIZE_LOGFILE=d.log
	assertEquals 'before to out to err' "$(t_lines d.log)"
	: >d.log
	t_kill "$pid"
	t_two DAEMONIZE_LOGFILE=d.log
	assertEquals 'to out to err' "$(t_lines d.log)"
}

# A hole of 3 GiB before its last lines: a 32-bit program must be told so.
testALogBeyondTwoGigabytes() {
	truncate -s 3G d.log
	t_two DAEMONIZE_LOGFILE=d.log || return
	assertEquals 'to out to err' "$(tail -c 14 d.log | xargs)"
	t_dsig log --lines 1 ./d.pid
	assertEquals 'to err' "$(cat out)"
	t_kill "$pid"
	t_spawn DAEMONIZE_READY=alive=0.3 DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/dier" 3
	t_assert_rc 69 && t_assert_err '| dier'
}

# And one that is that large only after its beginning.
testALogThatGrowsBeyondTwoGigabytes() {
	mkfifo fifo
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- \
		sh -c 'read -r _ <>fifo; echo more; exec sleep 1000'
	t_assert_started d.pid || return
	truncate -s 3G d.log
	echo >fifo
	t_wait_for 5 t_said
	assertEquals 'more' "$(tail -c 5 d.log)"
}

testALogIsOpenedToAppendAndNothingElse() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	flags=$(t_field info fd.1.flags)
	assertEquals 'O_WRONLY|O_APPEND' 02001 "$(printf '0%o' $((flags & 06003)))"
	assertEquals 'O_NONBLOCK' 0 $((flags & 04000))
	assertEquals 'close on exec' '0 0' "$(t_field info fd.1.cloexec) $(t_field info fd.2.cloexec)"
}

testARelativePathIsTheCallers() {
	mkdir elsewhere
	t_two DAEMONIZE_LOGFILE=d.log DAEMONIZE_WORKDIR=elsewhere
	assertEquals 'to out to err' "$(t_lines d.log)"
	t_assert_absent elsewhere/d.log
}

# --- modes and owners -----------------------------------------------------------

testANewLogIsNotForEverybody() {
	t_two DAEMONIZE_LOGFILE=d.log
	assertEquals 640 "$(t_mode d.log)"
}

testAModeIsExactWhateverTheUmask() {
	umask 077
	t_two DAEMONIZE_LOGFILE=d.log DAEMONIZE_LOGFILE_MODE=0664
	assertEquals 664 "$(t_mode d.log)"
	t_kill "$pid"
	umask 000
	t_two DAEMONIZE_STDERR=e.log
	assertEquals 640 "$(t_mode e.log)"
}

testALogThatWasThereKeepsItsModeAndOwner() {
	t_need_user || return 0
	: >d.log
	chmod 606 d.log
	t_two DAEMONIZE_LOGFILE=d.log DAEMONIZE_LOGFILE_MODE=0600 DAEMONIZE_USER="$T_USER"
	assertEquals 606 "$(t_mode d.log)"
	assertEquals 0:0 "$(t_owner d.log)"
}

testALogIsTheDaemonsUsers() {
	t_need_user || return 0
	t_two DAEMONIZE_LOGFILE=d.log DAEMONIZE_USER="$T_USER"
	assertEquals "$(id -u "$T_USER"):$(id -g "$T_USER") 640" "$(t_owner d.log) $(t_mode d.log)"
	assertEquals 'to out to err' "$(t_lines d.log)"
}

# --- what is refused -----------------------------------------------------------------

testALogInNoDirectory() {
	t_refuses "unable to open log file $WORK/none/d.log: No such file or directory" \
		DAEMONIZE_LOGFILE=none/d.log
}

testADirectoryAsLog() {
	mkdir d.log
	t_refuses "unable to open log file $WORK/d.log: Is a directory" DAEMONIZE_LOGFILE=d.log
}

testALogThatMayNotBeWritten() {
	t_need_user || return 0
	: >d.log
	mkdir mine && chown "$T_USER" mine
	T_WRAP=$T_AS_USER
	t_spawn DAEMONIZE_PIDFILE="$WORK/mine/d.pid" DAEMONIZE_LOGFILE=d.log -- \
		"$T_PROGRAMS/probe" --stay
	t_assert_rc 73 && t_assert_err "unable to open log file $WORK/d.log: Permission denied"
	t_assert_absent mine/d.pid
}

testTheSecondStreamIsCheckedToo() {
	t_refuses 'unable to open log file' DAEMONIZE_STDOUT=o.log DAEMONIZE_STDERR=none/e.log
	t_assert_absent o.log
}

# A mount of ours, which nobody else sees: "TYPE OPTIONS DIR COMMAND...".
t_mounted() {
	t_need_mounts || return 1
	cat >mounted <<-'END'
		#!/bin/sh
		mount --make-rprivate / && mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"
	END
	chmod +x mounted
	mkdir -p mnt
	T_WRAP="unshare -m ./mounted $1 $WORK/mnt"
}

testAReadOnlyFileSystem() {
	t_mounted ro || return 0
	t_refuses "unable to open log file $WORK/mnt/d.log: Read-only file system" \
		DAEMONIZE_LOGFILE=mnt/d.log
}

testAFullDisk() {
	t_mounted size=4k || return 0
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=mnt/d.log DAEMONIZE_REOPEN=USR1 -- \
		sh -c 'i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i + 1)); done 2>/dev/null
			echo over >"$1"; exec sleep 1000' sh "$WORK/over"
	t_assert_started d.pid || return
	t_wait_for 10 test -e over
	assertTrue 'it lives' "t_alive $pid"
}

testADeviceThatIsFull() {
	[ -c /dev/full ] || { t_skip 'needs /dev/full'; return 0; }
	t_two DAEMONIZE_LOGFILE=/dev/full
	assertTrue 'it lives' "t_alive $pid"
}

testALogDirectoryMayBeRemoved() {
	mkdir logs
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=logs/d.log DAEMONIZE_REOPEN=USR1 -- \
		sh -c 'until [ -e "$1" ]; do echo x; sleep 0.02; done; exec sleep 1000' sh "$WORK/go"
	t_assert_started d.pid || return
	rm -r logs
	kill -s USR1 "$pid"
	: >go
	assertTrue 'it goes on' "t_wait_for 5 t_said"
	assertTrue 'it lives' "t_alive $pid"
}

# --- symbolic links --------------------------------------------------------------

testALinkInATrustedDirectoryIsFollowed() {
	mkdir real
	ln -s real/d.log d.log
	t_two DAEMONIZE_LOGFILE=d.log
	assertEquals 'to out to err' "$(t_lines real/d.log)"
}

# t_link_refused DIR: with a link in it to the file victim, there and not.
t_link_refused() {
	echo victim >victim
	ln -s "$WORK/victim" "$1/d.log"
	t_as_user ln -s "$WORK/victim" "$1/e.log"
	t_as_user ln -s "$WORK/none" "$1/f.log"
	for t_log in "${@:-}"; do
		[ "$t_log" != "$1" ] || continue
		t_refuses "unable to open log file $WORK/$1/$t_log: a symbolic link" \
			DAEMONIZE_LOGFILE="$1/$t_log"
	done
	assertEquals victim "$(cat victim)"
	t_assert_absent none
}

testALinkOfSomebodyElseInAStickyDirectoryIsRefused() {
	t_need_user || return 0
	mkdir -m 1777 open
	t_link_refused open e.log f.log
}

testALinkInADirectoryThatEverybodyWritesIsRefused() {
	t_need_user || return 0
	mkdir open && chmod 777 open
	t_link_refused open d.log e.log f.log
}

testALinkInADirectoryThatAGroupWritesIsRefused() {
	t_need_user || return 0
	mkdir open && chmod 775 open && chgrp "$(id -g "$T_USER")" open
	t_link_refused open d.log
}

testALinkInADirectoryOfSomebodyElseIsRefused() {
	t_need_user || return 0
	mkdir open && chown "$T_USER" open
	t_link_refused open d.log e.log f.log
}

testOnesOwnLinkInAStickyDirectoryIsFollowed() {
	mkdir -m 1777 open
	ln -s "$WORK/real.log" open/d.log
	t_two DAEMONIZE_LOGFILE=open/d.log
	assertEquals 'to out to err' "$(t_lines real.log)"
}

testAPlainLogInAnOpenDirectoryIsFine() {
	mkdir -m 1777 open
	t_two DAEMONIZE_LOGFILE=open/d.log
	assertEquals 'to out to err' "$(t_lines open/d.log)"
}

# --- FIFOs and devices --------------------------------------------------------------

testAFifoWithAReader() {
	mkfifo fifo
	cat fifo >got &
	t_track $!
	t_wait_for 5 t_opens $! fifo
	t_two DAEMONIZE_LOGFILE=fifo
	t_wait_for 5 grep -q err got
	assertEquals 'to out to err' "$(t_lines got)"
}
# Is PID waiting in open(2), or past it?
t_opens() {
	case $(cat "/proc/$1/comm") in cat) ;; *) return 1 ;; esac
	[ "$(t_stat "$1" 3)" = S ]
}

testAFifoWithoutReaderIsAnErrorAtOnce() {
	mkfifo fifo
	T_LIMIT=5
	t_refuses "unable to open log file $WORK/fifo: nobody reads from it" DAEMONIZE_LOGFILE=fifo
	assertTrue 'still there' '[ -p fifo ]'
}

testAFifoIsOrdinaryForTheProgram() {
	mkfifo fifo
	cat fifo >got &
	t_track $!
	t_wait_for 5 t_opens $! fifo
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=fifo -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	assertEquals 'O_NONBLOCK' 0 $(($(t_field info fd.1.flags) & 04000))
}

testDevStdoutIsTheCallers() {
	t_two DAEMONIZE_LOGFILE=/dev/stdout
	assertEquals 'to out to err' "$(t_lines out)"
}

testDevStderrIsTheCallers() {
	t_two DAEMONIZE_STDOUT=/dev/stderr
	assertEquals 'to out' "$(cat err)"
}

testDevStdoutOfAFileKeepsWhatIsThere() {
	t_capture sh -c 'echo first
		env DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=/dev/stdout "$@"
		echo last' sh $T_LAUNCH sh -c "$TWO"
	t_assert_started d.pid || return
	t_wait_for 5 t_said
	assertEquals 'first last to err to out' "$(sort out | xargs)"
}

# --- the journal -------------------------------------------------------------------

# Runs what follows where /run/systemd/journal/stdout is ours: each connection
# goes to a file conn.N.
t_journal() {
	t_mounted mode=755 || return 1
	t_need "$T_PYTHON" || return 1
	cat >journal.py <<-'END'
		import os, selectors, socket
		server = socket.socket(socket.AF_UNIX)
		server.bind("/run/systemd/journal/stdout")
		server.listen(5)
		open("journal-is-up", "w").close()
		select, n = selectors.DefaultSelector(), 0
		select.register(server, selectors.EVENT_READ)
		while True:
		    for key, events in select.select():
		        if key.data is None:
		            n += 1
		            select.register(server.accept()[0], selectors.EVENT_READ,
		                            open("conn.%d" % n, "wb", 0))
		        else:
		            data = key.fileobj.recv(65536)
		            key.data.write(data)
		            if not data:
		                select.unregister(key.fileobj)
	END
	cat >mounted <<-'END'
		#!/bin/sh
		mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal ||
			exit 1
		"$1" -S -E journal.py </dev/null >journal.err 2>&1 &
		echo $! >journal.pid
		i=0
		until [ -e journal-is-up ] || [ $((i += 1)) -gt 200 ]; do sleep 0.02; done
		shift
		exec "$@"
	END
	T_WRAP="unshare -m ./mounted $T_PYTHON"
}

t_header() { printf '%s\n\n%s\n1\n0\n0\n0\n' "$1" "$2"; }

testTheJournalGetsAHeaderAndTheLines() {
	t_journal || return 0
	t_two DAEMONIZE_LOGFILE=journal
	t_wait_for 5 grep -q 'to err' conn.1
	{ t_header sh 6; echo 'to out'; echo 'to err'; } >expected
	t_assert_same expected conn.1
	t_assert_absent conn.2
}

testErrorsHaveTheirOwnPriorityInTheJournal() {
	t_journal || return 0
	t_two DAEMONIZE_LOGFILE=/dev/null DAEMONIZE_STDERR=journal
	t_wait_for 5 grep -q 'to err' conn.1
	{ t_header sh 3; echo 'to err'; } >expected
	t_assert_same expected conn.1
}

testTheInstanceIsTheJournalsIdentifier() {
	t_journal || return 0
	t_two DAEMONIZE_NAME=web@1 DAEMONIZE_LOGFILE=journal
	t_wait_for 5 grep -q 'to err' conn.1
	assertEquals web@1 "$(head -n 1 conn.1)"
}

testWithoutJournalThereIsNoDaemon() {
	[ ! -S /run/systemd/journal/stdout ] || { t_skip 'there is a journal'; return 0; }
	t_refuses 'unable to connect to the journal /run/systemd/journal/stdout: No such file' \
		DAEMONIZE_LOGFILE=journal
}

# Where there is one: most containers have none, which is no gap to report.
t_journal_has() { journalctl -t "test$$" -o cat 2>/dev/null | grep -q found; }
testTheRealJournal() {
	if [ ! -S /run/systemd/journal/stdout ] || ! command -v journalctl >/dev/null; then
		assertTrue true
		return
	fi
	t_spawn DAEMONIZE_NAME="test$$" DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=journal -- \
		sh -c 'echo found; exec sleep 1000'
	t_assert_started d.pid || return
	assertTrue 'found' 't_wait_for 10 t_journal_has'
}

testSystemdCat() {
	t_need systemd-cat || return 0
	t_journal || return 0
	T_WRAP="$T_WRAP systemd-cat -t web"
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=inherit -- sh -c "$TWO"
	t_assert_rc 0
	t_wait_for 5 grep -q 'to err' conn.1
	assertEquals 'web' "$(head -n 1 conn.1)"
	assertEquals 'to out to err' "$(tail -n 2 conn.1 | xargs)"
	t_assert_started d.pid
}

# --- |command ------------------------------------------------------------------------

testACommandGetsTheLines() {
	t_two DAEMONIZE_LOGFILE='|cat >got'
	t_wait_for 5 grep -q err got
	assertEquals 'to out to err' "$(t_lines got)"
	t_assert_silent
}

testACommandIsStartedOnceForBothStreams() {
	t_two DAEMONIZE_LOGFILE='|echo started >>count; exec cat >got'
	t_wait_for 5 grep -q err got
	assertEquals 1 "$(grep -c . count)"
}

testEachStreamMayHaveItsCommand() {
	t_two DAEMONIZE_STDOUT='|cat >o.got' DAEMONIZE_STDERR='|cat >e.got'
	t_wait_for 5 grep -q out o.got
	t_wait_for 5 grep -q err e.got
	assertEquals 'to out to err' "$(cat o.got e.got | xargs)"
}

testACommandEndsWithTheDaemonAndLosesNothing() {
	T_READY=main
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE='|cat >got; echo end >>got' -- \
		"$T_PROGRAMS/flood" 20000
	t_assert_rc 0
	t_wait_for 10 grep -q end got
	assertEquals 20001 "$(grep -c . got)"
	assertEquals end "$(tail -n 1 got)"
}

# A daemon whose logger, in file "logger" its pid, stays whatever happens.
t_sticky_logger() {
	t_spawn DAEMONIZE_PIDFILE=d.pid "$@" \
		DAEMONIZE_LOGFILE='|echo $$ >logger.pid; trap "" TERM; while :; do sleep 0.1; done' -- \
		"$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return 1
	t_wait_for 5 test -s logger.pid
	logger=$(cat logger.pid)
	t_track "$logger"
}

# What the manual says: a shell keeps the pipe, and starts the command again.
testACommandThatDiesIsStartedAgain() {
	echo 'echo $$ >>pids; exec cat >>got' >reader
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE='|until sh reader; do sleep 0.1; done' -- \
		sh -c 'i=0; while :; do echo $((i += 1)); sleep 0.05; done'
	t_assert_started d.pid || return
	t_wait_for 5 test -s got
	t_kill "$(head -n 1 pids)"
	: >got
	assertTrue 'another one reads' 't_wait_for 5 test -s got'
	assertTrue 'the daemon lives' "t_alive $pid"
	t_dsig stop ./d.pid
	t_wait_for 5 t_gone "$(tail -n 1 pids)"
	assertTrue 'and ends with the daemon' "t_gone $(tail -n 1 pids)"
}

testACommandIsNobodysChild() {
	t_sticky_logger || return
	assertEquals 'parent' "$(t_stat "$pid" 4)" "$(t_stat "$logger" 4)"
	assertNotEquals 'session' "$(t_stat "$pid" 6)" "$(t_stat "$logger" 6)"
	assertNotEquals 'no leader' "$logger" "$(t_stat "$logger" 6)"
	assertEquals 'no terminal' 0 "$(t_stat "$logger" 7)"
}

testACommandIsNotTheDaemonsChildInOtherModes() {
	t_sticky_logger DAEMONIZE_READY=alive=0.1 || return
	assertEquals 'parent' "$(t_stat "$pid" 4)" "$(t_stat "$logger" 4)"
}

testACommandDoesNotHoldThePidFile() {
	t_sticky_logger || return
	kill -s KILL "$pid"
	t_assert_gone "$pid"
	assertTrue 'the logger lives' "t_alive $logger"
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid
}

testACommandHasThreeDescriptors() {
	t_sticky_logger DAEMONIZE_STDERR=inherit || return
	ls "/proc/$logger/fd" >fds
	assertEquals '0 1 2' "$(xargs <fds)"
	case $(readlink "/proc/$logger/fd/0") in pipe:*) assertTrue true ;; *) fail "no pipe" ;; esac
	assertEquals /dev/null "$(readlink "/proc/$logger/fd/1")"
	assertEquals /dev/null "$(readlink "/proc/$logger/fd/2")"
}

# The daemon must not hold the reading end, nor its logger the writing end.
testACommandSeesTheEndOfFile() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE='|cat >/dev/null; echo end >ended' -- \
		"$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_assert_absent ended
	t_kill "$pid"
	assertTrue 't_wait_for 5 test -e ended'
}

testACallersPipelineDoesNotWaitForACommand() {
	t_capture timeout 10 sh -c 'env DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE="|cat >got" \
		"$@" --stay info 2>&1 | cat' sh $T_LAUNCH "$T_PROGRAMS/probe"
	t_assert_started d.pid
}

testACommandHasNothingOfUsInItsEnvironment() {
	t_two DAEMONIZE_LOGFILE='|env >env.txt; exec cat >got' OWN=kept
	t_wait_for 5 grep -q err got
	t_assert_has env.txt OWN=kept
	t_assert_lacks env.txt DAEMONIZE
	t_assert_lacks env.txt libdaemonize
}

testACommandThatIsNotThereIsReported() {
	for t_try in 1 2 3 4 5 6 7 8 9 10; do
		t_refuses "unable to run log command 'no-such-command-$t_try -x': ended with status 127" \
			DAEMONIZE_LOGFILE="|no-such-command-$t_try -x"
	done
}

testACommandThatFailsAtOnceIsReported() {
	for t_try in 1 2 3 4 5; do
		t_refuses 'ended with status 3' DAEMONIZE_LOGFILE='|exit 3'
		t_refuses 'was killed by SIGKILL' DAEMONIZE_LOGFILE='|kill -s KILL $$'
		t_refuses 'ended with status' DAEMONIZE_LOGFILE='|exec cat >none/got'
	done
}

testTheSecondCommandMayFailToo() {
	t_refuses 'unable to run log command' DAEMONIZE_STDOUT='|cat >got; echo end >ended' \
		DAEMONIZE_STDERR='|exit 1'
	assertTrue 'the first has ended' 't_wait_for 5 test -e ended'
}

testACommandEndsWithAStartThatFails() {
	t_spawn DAEMONIZE_READY=alive=10 DAEMONIZE_LOGFILE='|cat >got; echo end >>got' -- \
		"$T_PROGRAMS/dier" 3 20
	t_assert_rc 69
	t_wait_for 5 grep -qx end got
	assertEquals 'dier: ends with 3 end' "$(t_lines got)"
}

testACommandsChildrenOutliveAStartThatFails() {
	t_spawn DAEMONIZE_READY=alive=10 \
		DAEMONIZE_LOGFILE='|cat | (cat >got; sleep 0.3; echo end >>got) & wait' -- \
		"$T_PROGRAMS/dier" 3 20
	t_assert_rc 69
	t_wait_for 5 grep -q end got
	assertEquals 'end' "$(tail -n 1 got)"
}

testSignalsOfTheCallerDoNotReachACommand() {
	T_WRAP="nohup"
	t_sticky_logger || return
	# bit 0 is HUP, 14 TERM, 16 CHLD
	assertEquals 0000000000000000 "$(t_status "$logger" SigBlk)"
	assertEquals 0000000000004000 "$(t_status "$logger" SigIgn)"
}

# --- stdin ---------------------------------------------------------------------------

testStdinIsAFileOrNull() {
	echo hello >in
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_STDIN=in DAEMONIZE_LOGFILE=log -- \
		sh -c 'cat; exec sleep 60'
	t_assert_started d.pid || return
	t_wait_for 5 grep -q hello log
	assertEquals "$WORK/in" "$(readlink "/proc/$pid/fd/0")"
	assertEquals 'only to read' 0 "$(($(awk '/flags/ { print $2 }' "/proc/$pid/fdinfo/0") & 3))"
	t_dsig stop ./d.pid
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_STDIN=null -- sleep 60
	t_assert_started d.pid && assertEquals /dev/null "$(readlink "/proc/$pid/fd/0")"
}

testAFifoAsStdinIsNotWaitedFor() {
	mkfifo fifo
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_STDIN=fifo -- sleep 60
	t_assert_started d.pid && assertEquals "$WORK/fifo" "$(readlink "/proc/$pid/fd/0")"
}

testAStdinThatCannotBeOpenedIsAnError() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_STDIN=nofile -- "$T_PROGRAMS/probe" info
	t_assert_rc 73 && t_assert_err "unable to open standard input $WORK/nofile: No such file"
	t_assert_absent d.pid info
	for t_case in inherit journal '|cat' - ''; do
		t_spawn DAEMONIZE_STDIN="$t_case" -- "$T_PROGRAMS/probe" info
		t_assert_rc 78 && t_assert_err "DAEMONIZE_STDIN: '$t_case': a path, or null"
	done
}

testAPlantedLinkAsStdinIsNotFollowed() {
	t_need_user || return 0
	echo secret >secret
	mkdir theirs && chown "$T_USER" theirs
	t_as_user ln -s "$WORK/secret" theirs/in
	t_spawn DAEMONIZE_STDIN=theirs/in DAEMONIZE_LOGFILE=log -- cat
	t_assert_rc 73 && t_assert_err 'unable to open standard input'
	t_assert_absent log
}

testWhatLooksLikeAKeywordIsNoFile() {
	for t_case in - stdout stderr none syslog; do
		t_spawn DAEMONIZE_LOGFILE="$t_case" -- "$T_PROGRAMS/probe" info
		t_assert_rc 78 && t_assert_err "DAEMONIZE_LOGFILE: '$t_case': a path, inherit"
	done
	t_spawn DAEMONIZE_READY=main DAEMONIZE_LOGFILE=./none -- "$T_PROGRAMS/probe" info
	t_assert_rc 0
	assertTrue 'a file' '[ -e none ]'
}

. "${SHUNIT2:-shunit2}"
