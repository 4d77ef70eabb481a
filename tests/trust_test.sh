#!/bin/sh
# SPDX-License-Identifier: MIT
# Root starts a daemon of another user, who owns what he can: the environment
# file, the directory of the log, the program. Nothing of it steers what is
# done with the caller's rights.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
# shellcheck disable=SC2016 # programs in sh, expanded there
# modes: preload dstart
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once && t_need_user >"$SHUNIT_TMPDIR/may" && t_facts; endSkipping; }
setUp() { t_begin && t_prepare || return 1; }
tearDown() { t_end; }

t_facts() { T_UID=$(id -u "$T_USER"); }

t_may() {
	[ ! -s "$SHUNIT_TMPDIR/may" ] && return
	t_skip "$(sed 's/^SKIP: [^:]*: //' "$SHUNIT_TMPDIR/may")"
	return 1
}

# his/ is T_USER's, root's/ is root's, tmp/ everybody's.
t_prepare() {
	[ "$(id -u)" -eq 0 ] || return 0
	mkdir -m 755 his roots && mkdir -m 1777 tmp && chmod 1777 tmp && chown "$T_USER" his
}

# t_shared FILE.so C-TEXT: a library.
t_shared() {
	t_need cc || return 1
	printf '%s\n' "$2" >"$1.c"
	cc -shared -fPIC -o "$1" "$1.c" && chmod 755 "$1"
}

# Whoever runs this code leaves his uid in the file.
t_traitor() {
	t_shared "$1" '
		#include <stdio.h>
		#include <unistd.h>
		__attribute__((constructor)) static void act(void)
		{
			FILE *f = fopen("'"$WORK"'/tmp/acted", "a");
			if (f) { fprintf(f, "%d\n", (int)geteuid()); fclose(f); }
		}'
}

# --- the log command ------------------------------------------------------------

t_logger_environment() {
	printf 'FROM_FILE=1\nLD_PRELOAD=%s/traitor.so\n' "$WORK" >his/env
	chown "$T_USER" his/env
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env HOME=/root/of/caller KEPT=yes \
		DAEMONIZE_LOGFILE="|env >roots/seen; cat >/dev/null" -- sleep 60
	t_assert_rc 0 || return
	t_wait_for 5 test -s roots/seen
	t_assert_has roots/seen HOME=/root/of/caller && t_assert_has roots/seen KEPT=yes || return
	t_assert_lacks roots/seen FROM_FILE && t_assert_lacks roots/seen DAEMONIZE &&
		t_assert_lacks roots/seen LD_PRELOAD || return
	assertEquals '' "$(grep -sx 0 tmp/acted)"
	# shellcheck disable=SC2046 # pids
	t_kill $(t_ours)
}

testALogCommandHasTheCallersEnvironmentAndNothingOfTheDaemons() {
	t_may || return 0
	t_traitor roots/traitor.so || return 0
	mv roots/traitor.so traitor.so
	t_logger_environment
}

testALogCommandKeepsOtherPreloadsOfTheCaller() {
	t_shared other.so 'int other;' || return 0
	t_limited "LD_PRELOAD=$WORK/other.so:$T_LIB" DAEMONIZE_PIDFILE=d.pid \
		DAEMONIZE_LOGFILE="|env >seen; cat >/dev/null" -- sleep 60
	t_assert_started d.pid || return
	t_wait_for 5 test -s seen
	assertEquals "LD_PRELOAD=$WORK/other.so" "$(grep ^LD_PRELOAD seen)"
}

# --- the environment file -------------------------------------------------------

# t_envfile_refused TEXT: the file his/env, without a wait.
t_envfile_refused() {
	T_LIMIT=10
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env DAEMONIZE_PIDFILE=d.pid \
		DAEMONIZE_LOGFILE=d.log -- sleep 60
	t_assert_rc 78 && t_assert_err "$1" && t_assert_absent d.pid d.log
}

testAnEnvfileThatIsAFifoIsRefusedAtOnce() {
	t_may || return 0
	mkfifo his/env
	t_envfile_refused "it is not a regular file"
}

testAnEnvfileThatIsALinkOfTheUsersIsRefused() {
	t_may || return 0
	ln -s /etc/shadow his/env
	chown -h "$T_USER" his/env
	t_envfile_refused "a symbolic link"
}

testAnEnvfileBelowALinkOfTheUsersIsRefused() {
	t_may || return 0
	echo SECRET=1 >roots/env
	chmod 600 roots/env
	ln -s ../roots his/conf
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/conf/env -- true
	t_assert_rc 78 && t_assert_err 'a symbolic link'
}

testAnEnvfileThatIsAnotherNameOfRootsFileIsRefused() {
	t_may || return 0
	echo SECRET=1 >roots/env
	ln roots/env his/env
	t_envfile_refused "another user could have put it there"
}

testAnEnvfileOfAThirdUserIsRefused() {
	t_may || return 0
	echo A=1 >his/env
	chown 54321 his/env
	t_envfile_refused "it must belong to root"
}

testAnEnvfileThatAnotherHasLeftInTmpIsRefused() {
	t_may || return 0
	echo A=1 >tmp/env
	chown "$T_USER" tmp/env
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=tmp/env -- true
	t_assert_rc 78 && t_assert_err 'another user could have put it there'
}

testALineOfAnEnvfileIsNeverShown() {
	t_may || return 0
	printf "A=1\nroot:secret:1:2\n" >his/env
	t_envfile_refused "line 2: it is not KEY=VALUE" && t_assert_lacks err secret
}

testAnEnvfileOfTheUserIsReadForTheUser() {
	t_may || return 0
	printf 'A=his\n' >his/env
	chown "$T_USER" his/env
	chmod 600 his/env
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env DAEMONIZE_PIDFILE=d.pid -- sleep 60
	t_assert_started d.pid || return
	tr '\0' '\n' <"/proc/$pid/environ" >seen
	t_assert_has seen A=his
}

# --- the loader, where root executes the program --------------------------------

# t_loader LINE: executed by root, in the root directory /, with such a file.
t_loader() {
	t_spawn DAEMONIZE_CHROOT=/ DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env \
		DAEMONIZE_PIDFILE=d.pid -- sleep 60
}

testVariablesOfTheLoaderFromTheUsersFileAreRefusedWhereRootExecutes() {
	t_may || return 0
	t_traitor his/traitor.so || return 0
	for line in "LD_PRELOAD=$WORK/his/traitor.so" "LD_AUDIT=$WORK/his/traitor.so" \
		GLIBC_TUNABLES=glibc.malloc.check=1 GCONV_PATH=his LOCPATH=his MALLOC_TRACE=tmp/x \
		NLSPATH=his RES_OPTIONS=debug TMPDIR=his LD_LIBRARY_PATH=his; do
		printf 'A=1\n%s\n' "$line" >his/env
		chown "$T_USER" his/env
		t_loader
		t_assert_rc 78 && t_assert_err 'line 2: a variable for the loader' || return
	done
	t_assert_absent tmp/acted d.pid
}

testNorFromAFileOfRootsThatOthersCanWrite() {
	t_may || return 0
	echo TMPDIR=/ >his/env
	chmod 664 his/env
	t_loader
	t_assert_rc 78 && t_assert_err 'line 1: a variable for the loader'
}

testAProgramThatOthersCanChangeIsNotExecutedByRootForAnother() {
	t_may || return 0
	cp "$T_PROGRAMS/probe" his/probe
	chown "$T_USER" his/probe
	t_spawn DAEMONIZE_CHROOT=/ DAEMONIZE_USER="$T_USER" -- "$WORK/his/probe"
	t_assert_rc 77 && t_assert_err 'another user can change the file'
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_READY=main -- "$WORK/his/probe"
	t_assert_rc 0
}

testButFromAFileThatOnlyRootCanWrite() {
	t_may || return 0
	echo TMPDIR=/ >his/env
	t_loader
	t_assert_started d.pid
}

testAndFromTheUsersFileWhereTheUserExecutes() {
	t_may || return 0
	t_traitor traitor.so || return 0
	echo "LD_PRELOAD=$WORK/traitor.so" >his/env
	chown "$T_USER" his/env
	t_spawn DAEMONIZE_READY=main DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env -- true
	t_assert_rc 0 && t_wait_for 5 test -s tmp/acted && assertEquals "$T_UID" "$(sort -u tmp/acted)"
}

# --- logs -----------------------------------------------------------------------

# t_log_refused LOG TEXT: and no byte of it goes anywhere.
t_log_refused() {
	T_LIMIT=10
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE="$1" DAEMONIZE_PIDFILE=d.pid -- \
		sh -c 'echo output; exec sleep 60'
	t_assert_rc 73 && t_assert_err "$2" && t_assert_absent d.pid
}

testALogBelowALinkOfTheUsersIsRefused() {
	t_may || return 0
	ln -s ../roots his/logs
	t_log_refused his/logs/web.log 'a symbolic link' && t_assert_absent roots/web.log || return
	echo before >roots/web.log
	chmod 600 roots/web.log
	t_log_refused his/logs/web.log 'a symbolic link'
	assertEquals '0 600 before' "$(stat -c '%u %a' roots/web.log) $(cat roots/web.log)"
}

testALogBelowALinkFurtherUpIsRefused() {
	t_may || return 0
	mkdir roots/logs
	ln -s ../roots his/app
	t_log_refused his/app/logs/web.log 'a symbolic link' && t_assert_absent roots/logs/web.log
}

# His directory and a link of his to root's change places all the time.
testALinkThatComesAndGoesIsNeverFollowed() {
	t_may && t_need "$T_PYTHON" || return 0
	mkdir his/a
	chown "$T_USER" his/a
	cat >swap.py <<-'END'
		import ctypes, os
		number = {"x86_64": 316, "aarch64": 276}.get(os.uname().machine, -1)  # renameat2
		libc = ctypes.CDLL(None)
		os.symlink("../roots", "his/b")
		while True:
		    libc.syscall(number, -100, b"his/a", -100, b"his/b", 2)  # RENAME_EXCHANGE
	END
	# shellcheck disable=SC2086 # a prefix of words
	$T_AS_USER "$T_PYTHON" swap.py &
	swapper=$!
	t_track "$swapper"
	t_wait_for 5 test -L his/b
	opened=0
	for n in $(seq 40); do
		t_spawn DAEMONIZE_READY=main DAEMONIZE_USER="$T_USER" \
			DAEMONIZE_LOGFILE="his/a/$n.log" -- true
		[ "$rc" -ne 0 ] || opened=$((opened + 1))
	done
	t_kill "$swapper"
	echo "opened $opened of 40"
	assertEquals '' "$(ls roots)"
}

testALogBelowALinkOfRootsIsOpened() {
	t_may || return 0
	ln -s his/deep logs
	mkdir his/deep
	t_spawn DAEMONIZE_READY=main DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=logs/web.log -- \
		sh -c 'echo output'
	t_assert_rc 0 && t_wait_for 5 test -s his/deep/web.log && t_assert_has his/deep/web.log output
}

testALogThatIsAnotherNameOfRootsFileIsRefused() {
	t_may || return 0
	echo before >roots/file
	ln roots/file his/web.log
	t_log_refused his/web.log 'another user could have put it there'
	assertEquals before "$(cat roots/file)"
}

testAFileThatAnotherHasLeftInTmpIsNoLog() {
	t_may || return 0
	: >tmp/web.log
	chown "$T_USER" tmp/web.log
	t_spawn DAEMONIZE_LOGFILE=tmp/web.log DAEMONIZE_PIDFILE=d.pid -- sh -c 'echo secret'
	t_assert_rc 73 && t_assert_err 'another user could have put it there'
	t_assert_absent d.pid && t_assert_empty tmp/web.log
}

testAFifoThatAnotherHasLeftInTmpIsNoLog() {
	t_may || return 0
	mkfifo tmp/web.log
	chown "$T_USER" tmp/web.log
	# shellcheck disable=SC2086 # a prefix of words
	$T_AS_USER cat tmp/web.log >got &
	t_track $!
	t_wait_for 5 t_opens $! tmp/web.log
	t_spawn DAEMONIZE_LOGFILE=tmp/web.log DAEMONIZE_PIDFILE=d.pid -- sh -c 'echo secret'
	t_assert_rc 73 && t_assert_err 'another user could have put it there'
	t_assert_empty got
}
t_opens() { [ "$(readlink "/proc/$1/wchan")" ] || grep -q fifo "/proc/$1/wchan" 2>/dev/null; }

testALogOfOnesOwnInTmpIsReopened() {
	t_may || return 0
	t_reopens || return 0
	t_spawn DAEMONIZE_LOGFILE=tmp/web.log DAEMONIZE_PIDFILE=d.pid DAEMONIZE_REOPEN=USR1 -- sleep 60
	t_assert_started d.pid || return
	mv tmp/web.log tmp/web.log.1
	kill -USR1 "$pid"
	t_wait_for 5 test -e tmp/web.log
	assertEquals "$WORK/tmp/web.log" "$(readlink "/proc/$pid/fd/1")"
}
t_reopens() { t_not_in static 'nothing of ours is in it'; }

testAReopenFollowsNoLinkAndTakesNoFileOfOthers() {
	t_may && t_reopens || return 0
	mkdir tmp/sub
	t_spawn DAEMONIZE_LOGFILE=tmp/sub/web.log DAEMONIZE_PIDFILE=d.pid DAEMONIZE_REOPEN=USR1 -- \
		"$(command -v sleep)" 60
	t_assert_started d.pid || return
	for attack in 'mv tmp/sub tmp/old; ln -s ../roots tmp/sub' \
		'rm tmp/sub; mkdir tmp/sub; ln -s ../../roots/web.log tmp/sub/web.log' \
		'chmod 1777 tmp/sub; rm tmp/sub/web.log; : >tmp/sub/web.log; chown $T_USER tmp/sub/web.log' \
		'rm tmp/sub/web.log; mkfifo tmp/sub/web.log; chown $T_USER tmp/sub/web.log'; do
		eval "$attack"
		kill -USR1 "$pid"
		t_wait_for 5 t_handled "$pid"
		assertEquals "$attack" "$WORK/tmp/old/web.log" "$(readlink "/proc/$pid/fd/1")" || return
	done
	t_assert_absent roots/web.log
}
# No signal of it is pending, and it sleeps again.
t_handled() {
	case $(t_status "$1" ShdPnd)$(t_status "$1" SigPnd) in *[1-9a-f]*) return 1 ;; esac
	[ "$(t_stat "$1" 3)" = S ]
}

testWhatTheProgramOpenedItselfIsNotReopened() {
	t_reopens || return 0
	t_need "$T_PYTHON" || return 0
	cat >own.py <<-'END'
		import os, time
		os.dup2(os.open("data", os.O_WRONLY | os.O_CREAT), 1)
		open("ready", "w")
		time.sleep(60)
	END
	t_spawn DAEMONIZE_LOGFILE=d.log DAEMONIZE_PIDFILE=d.pid DAEMONIZE_REOPEN=USR1 -- \
		"$T_PYTHON" own.py
	t_assert_started d.pid || return
	t_wait_for 5 test -e ready
	mv d.log d.log.1
	kill -USR1 "$pid"
	t_wait_for 5 test -e d.log
	assertEquals "$WORK/data $WORK/d.log" "$(readlink "/proc/$pid/fd/1") $(readlink "/proc/$pid/fd/2")"
}

testAnAliasIsNoFileToReopen() {
	for name in /dev/stdout /dev/stderr /dev/fd/1; do
		t_spawn DAEMONIZE_LOGFILE=$name DAEMONIZE_REOPEN=USR1 DAEMONIZE_PIDFILE=d.pid -- sleep 60
		t_assert_rc 78 && t_assert_err 'needs a log file to reopen' && t_assert_absent d.pid || return
	done
}

testAPipeOfAProcessMayBeTheLog() {
	mkfifo fifo
	cat <fifo >got &
	t_track $!
	exec 9>fifo
		t_spawn DAEMONIZE_READY=main DAEMONIZE_LOGFILE="/proc/$$/fd/9" -- sh -c 'echo piped'
	t_assert_rc 0
	exec 9>&-
	t_wait_for 5 grep -q piped got
	t_assert_has got piped
	sh -c 'echo $$ >w; exec sleep 60' | cat >got2 &
	t_track $!
	t_wait_for 5 test -s w
	t_spawn DAEMONIZE_READY=main DAEMONIZE_LOGFILE="/proc/$(cat w)/fd/1" -- sh -c 'echo anonymous'
	t_assert_rc 0
	t_kill "$(cat w)"
	t_wait_for 5 grep -q anonymous got2
	t_assert_has got2 anonymous
}

testAPipeOfAStrangersProcessIsNot() {
	t_may || return 0
	t_as_user sh -c 'echo $$ >tmp/w; exec sleep 60' | cat >got &
	t_track $!
	t_wait_for 5 test -s tmp/w
	t_wait_for 5 grep -q sleep "/proc/$(cat tmp/w)/cmdline"
	t_spawn DAEMONIZE_LOGFILE="/proc/$(cat tmp/w)/fd/1" -- sh -c 'echo secret'
	t_kill "$(cat tmp/w)"
	t_assert_rc 73 && t_assert_err 'a symbolic link'
}

testWhyALogHasNobodyAtItsOtherEnd() {
	t_need "$T_PYTHON" || return 0
	mkfifo fifo
	"$T_PYTHON" -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
	for log in 'fifo: nobody reads from it' 'sock: it is a socket' ; do
		t_spawn DAEMONIZE_LOGFILE="${log%%:*}" -- true
		t_assert_rc 73 && t_assert_err "$log" || return
	done
	T_WRAP='setsid -w'
	t_spawn DAEMONIZE_LOGFILE=/dev/tty -- true
	t_assert_rc 73 && t_assert_err '/dev/tty: there is no such device now'
}

# t_terminal [VAR=VALUE]...: with a terminal as stdout.
t_terminal() {
	t_need "$T_PYTHON" || return 1
	cat >terminal.py <<-'END'
		import os, pty, sys
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp(sys.argv[1], sys.argv[1:])
		open("fd", "w").write(str(fd))
		status = os.waitpid(pid, 0)[1]
		os.set_blocking(fd, False)
		try:
		    sys.stderr.write(os.read(fd, 9999).decode())
		except OSError:
		    pass
		os.system("until [ -e over ]; do sleep .1; done")  # the terminal stays
		os._exit(status >> 8)
	END
	t_launch
	# shellcheck disable=SC2086 # words
	timeout 30 "$T_PYTHON" terminal.py env DAEMONIZE_LOGFILE=inherit DAEMONIZE_PIDFILE="$WORK/d.pid" \
		"$@" $T_LAUNCH sleep 60 >out 2>err &
	t_track $!
	t_wait_for 10 t_has_pid d.pid
	pid=$(t_pid d.pid)
}

testATerminalIsHandedOnForWritingOnly() {
	t_may || return 0
	t_terminal DAEMONIZE_USER="$T_USER" || return 0
	: >over
	for fd in 1 2; do
		case $(readlink "/proc/$pid/fd/$fd") in /dev/pts/*) ;; *) fail "no terminal" ;; esac
		case $(sed -n 's/^flags:.//p' "/proc/$pid/fdinfo/$fd") in
		*1) assertTrue true ;;
		*) fail "descriptor $fd: $(cat "/proc/$pid/fdinfo/$fd")" ;;
		esac
	done
}

testATerminalOfOnesOwnStaysAsItIs() {
	t_terminal || return 0
	: >over
	case $(sed -n 's/^flags:.//p' "/proc/$pid/fdinfo/1") in
	*2) assertTrue true ;;
	*) fail "descriptor 1: $(cat "/proc/$pid/fdinfo/1")" ;;
	esac
}

# --- what a failed start leaves ---------------------------------------------------

testALogThatSomebodyElseHasOpenStays() {
	(
		t_wait_for 5 test -e d.log
		exec 8>>d.log
		: >opened
		exec sleep 60
	) &
	t_track $!
	t_spawn DAEMONIZE_LOGFILE=d.log DAEMONIZE_READY=alive=5 -- \
		sh -c 'until [ -e opened ]; do sleep 0.02; done; exit 3'
	t_assert_rc 69 && t_assert_empty d.log || return
	rm d.log
	t_spawn DAEMONIZE_LOGFILE=d.log DAEMONIZE_READY=alive=5 -- sh -c 'exit 3'
	t_assert_rc 69 && t_assert_absent d.log
}

# The losers have seen that there was no log, too.
testTheLogOfTheWinnerOfARaceStays() {
	for round in 1 2 3 4 5; do
		for racer in 1 2 3 4; do
			t_launch
			# shellcheck disable=SC2086 # words
			env DAEMONIZE_LOGFILE=d.log DAEMONIZE_PIDFILE=d.pid $T_LAUNCH sleep 60 2>"err.$racer" &
			eval "racer$racer=$!"
		done
		# shellcheck disable=SC2154 # by eval
		wait "$racer1" "$racer2" "$racer3" "$racer4"
		pid=$(t_pid d.pid) || { fail "no daemon: $(cat err.?)"; return; }
		assertEquals "$round" "$WORK/d.log" "$(readlink "/proc/$pid/fd/1")" || return
		t_kill "$pid"
		rm -f d.log d.pid
	done
}

testDirectoriesOfALogAreNotLeft() {
	mkdir home run
	t_need_switch >/dev/null && T_WRAP=$T_AS_USER && chown "$T_USER" . home run
	endSkipping
	t_spawn DAEMONIZE_NAME=web HOME="$WORK/home" XDG_RUNTIME_DIR="$WORK/run" \
		DAEMONIZE_READY=alive=1 -- false
	t_assert_rc 69 && assertEquals '' "$(find home run -mindepth 1)" || return
	mkdir home/.local
	[ -z "$T_WRAP" ] || chown "$T_USER" home/.local
	t_spawn DAEMONIZE_NAME=web HOME="$WORK/home" XDG_RUNTIME_DIR="$WORK/run" \
		DAEMONIZE_READY=alive=1 -- false
	t_assert_rc 69 && assertEquals home/.local "$(find home run -mindepth 1)"
}

# --- dsig log by root ------------------------------------------------------------------

# t_hostile_log PYTHON: T_USER's daemon runs this; secret is root's own file, of
# which it has no more than a name.
t_hostile_log() {
	t_may && t_need "$T_PYTHON" || return 1
	echo 'the secret' >roots/secret
	chmod 600 roots/secret
	{
		cat <<-'END'
			import os, time
			name = os.open("roots/secret", os.O_PATH)
			log = os.dup(1)
			print("a log", flush=True)
		END
		printf '%s\n' "$1"
	} >hostile.py
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=d.log DAEMONIZE_PIDFILE=d.pid -- \
		"$T_PYTHON" hostile.py
	t_assert_started d.pid || return 1
	t_wait_for 5 test -e his/ready
}
READY='open("his/ready", "w"); time.sleep(60)'

testRootIsNotLedToReadWhatADaemonCanOnlyName() {
	t_hostile_log "os.dup2(name, 1); $READY" || return 0
	t_dsig log ./d.pid
	t_assert_rc 4 && t_assert_err 'has no log file' && t_assert_lacks out secret
}

testRootOpensNoFifoOfADaemon() {
	t_hostile_log "os.mkfifo('his/f'); os.dup2(os.open('his/f', os.O_RDWR), 1); $READY" || return 0
	T_LIMIT=10
	t_dsig log ./d.pid
	t_assert_rc 4 && t_assert_err 'has no log file'
}

testALogThatIsOpenForReadingOnlyIsNone() {
	t_hostile_log "os.dup2(os.open('/etc/passwd', 0), 1); $READY" || return 0
	t_dsig log ./d.pid
	t_assert_rc 4 && t_assert_err 'has no log file' && t_assert_lacks out root:
}

# dsig's two ways: the open file itself, and where that is refused two looks.
testADaemonThatChangesItsLogBetweenTwoLooks() {
	t_hostile_log 'open("his/ready", "w")
while True:
	os.dup2(name, 1)
	os.dup2(log, 1)' || return 0
	for way in '' "$T_PROGRAMS/nosys 438 --"; do
		T_WRAP=$way
		for _ in $(seq 25); do
			t_dsig log ./d.pid
			t_assert_lacks out secret || return
			case $rc in 0 | 4) ;; *) fail "status $rc: $(cat err)"; return ;; esac
		done
	done
	assertTrue true
}

testAPidFileOfRootsWithAnotherNameInTheUsersDirectoryIsNoNameForDsig() {
	t_may || return 0
	t_spawn DAEMONIZE_PIDFILE=roots/d.pid -- sleep 60
	t_assert_started roots/d.pid || return
	ln roots/d.pid his/d.pid
	t_dsig stop ./his/d.pid
	t_assert_rc 4 && t_assert_err 'another user could have put it there'
	assertTrue "t_alive $pid"
}

# t_older PID: by a second at least.
t_older() {
	t_ticks=$(awk -v hz="$(getconf CLK_TCK)" '{ print int($1 * hz) }' /proc/uptime)
	[ $((t_ticks - $(t_stat "$1" 22))) -gt "$(getconf CLK_TCK)" ]
}

testAStampDoesNotMakeAProcessOfRootsTheUsersDaemon() {
	t_may && t_need "$T_PYTHON" || return 0
	sleep 60 &
	victim=$!
	t_track "$victim"
	t_wait_for 3 t_older "$victim"
	t_as_user "$T_PYTHON" -c 'import os, sys, time
pid, start = sys.argv[1:]
open("his/d.pid", "w").write(pid + "\n")
t = int(time.time()) * 10**9 + int(start) % 10**9
os.utime("his/d.pid", ns=(t, t))' "$victim" "$(t_stat "$victim" 22)"
	for command in term stop kill reload; do
		t_dsig $command ./his/d.pid
		case $rc in 4 | 77) ;; *) fail "$command: status $rc: $(cat err)" ;; esac
		assertTrue "$command" "t_alive $victim" || return
	done
}

# --- what reaches a terminal -----------------------------------------------------------

# t_screen COMMAND...: with a terminal as stdout and stderr; what it wrote in screen.
t_screen() {
	cat >screen.py <<-'END'
		import os, pty, sys
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp(sys.argv[1], sys.argv[1:])
		with open("screen", "wb") as out:
		    while True:
		        try:
		            data = os.read(fd, 65536)
		        except OSError:
		            break
		        if not data:
		            break
		        out.write(data)
	END
	NO_COLOR=1 timeout 30 "$T_PYTHON" screen.py "$@"
}

# No byte on it that would move a cursor, but the ends of lines.
t_assert_tame() {
	t_bad=$("$T_PYTHON" - screen <<-'END'
		import re, sys
		data = open(sys.argv[1], "rb").read().decode("utf-8", "surrogateescape")
		print(ascii("".join(re.findall("[^\n\r\t -~\u00a0-\ud7ff\ue000-\U0010ffff]", data))))
	END
	)
	assertEquals "$(cat -v screen)" "''" "$t_bad"
}

# An escape, a C1 control in UTF-8 and one without, DEL, a byte that is no UTF-8.
HOSTILE=$(printf 'x\033]0;y\007\302\2332J\233m\177\377z')

testNothingThatDrivesATerminalComesOutOfALog() {
	t_need "$T_PYTHON" || return 0
	t_spawn DAEMONIZE_LOGFILE=d.log DAEMONIZE_PIDFILE=d.pid -- \
		sh -c 'printf "%s\n\303\244\342\202\254 kept\n" "$1"; exec sleep 60' sh "$HOSTILE"
	t_assert_started d.pid || return
	t_wait_for 5 grep -q kept d.log
	t_screen "$T_DSIG" log ./d.pid
	t_assert_tame && t_assert_has screen "$(printf '\303\244\342\202\254 kept')" || return
	t_dsig log ./d.pid
	t_assert_has out "$HOSTILE"
}

# At every place that a block of the file can end.
testCharactersAreWholeInALongLog() {
	t_need "$T_PYTHON" || return 0
	"$T_PYTHON" -c 'print("x" + "\u00e4\u20ac\U0001f600" * 9000)' >text
	t_spawn DAEMONIZE_LOGFILE=d.log DAEMONIZE_PIDFILE=d.pid -- sh -c 'cat text; exec sleep 60'
	t_assert_started d.pid || return
	t_wait_for 5 cmp -s text d.log
	t_screen "$T_DSIG" log ./d.pid
	tr -d '\r' <screen >shown
	t_assert_same text shown
}

testNorOutOfTheLastLinesOfAFailure() {
	t_need "$T_PYTHON" || return 0
	t_launch
	# shellcheck disable=SC2086 # words
	t_screen env DAEMONIZE_LOGFILE=d.log DAEMONIZE_READY=alive=1 $T_LAUNCH \
		sh -c 'echo "$1"; exit 3' sh "$HOSTILE"
	t_assert_tame && t_assert_has screen '| x?]0;y'
}

testNorOutOfNames() {
	t_need "$T_PYTHON" || return 0
	t_launch
	mkdir "$HOSTILE"
	cp /bin/false "$HOSTILE/$HOSTILE"
	for set in "DAEMONIZE_LOGFILE=/nowhere/$HOSTILE" "DAEMONIZE_PIDFILE=/nowhere/$HOSTILE" \
		"DAEMONIZE_USER=$HOSTILE" "DAEMONIZE_LOGFILE=|$HOSTILE" "DAEMONIZE_WORKDIR=$HOSTILE.no" \
		"DAEMONIZE_$HOSTILE=1" "DAEMONIZE_VERBOSE=1"; do
		# shellcheck disable=SC2086 # words
		t_screen env "$set" DAEMONIZE_READY=alive=1 $T_LAUNCH "$HOSTILE/$HOSTILE"
		t_assert_tame || return
	done
	true &
	echo $! >"$HOSTILE.pid"
	wait $!
	t_screen "$T_DSIG" status "./$HOSTILE.pid" "./$HOSTILE"
	t_assert_tame || return
	t_screen "$T_DSIG" term "./$HOSTILE.pid" "./$HOSTILE"
	t_assert_tame || return
	t_screen "$T_DSTART" -N -l "$HOSTILE" -- "$HOSTILE/$HOSTILE" "$HOSTILE"
	t_assert_tame || return
	t_screen "$T_DSTART" -N -- "$HOSTILE/$HOSTILE" "$HOSTILE"
	t_assert_tame
}

testNorOutOfWhatADaemonCallsItsOutput() {
	t_need "$T_PYTHON" || return 0
	cat >fifo.py <<-END
		import os, time
		name = "fifo" + os.fsdecode(b"\033[2J\xc2\x9b")
		os.mkfifo(name)
		os.dup2(os.open(name, os.O_RDWR), 1)
		open("ready", "w")
		time.sleep(60)
	END
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PYTHON" fifo.py
	t_assert_started d.pid || return
	t_wait_for 5 test -e ready
	t_screen "$T_DSIG" log ./d.pid
	t_assert_tame && t_assert_has screen 'its output goes to'
}

# --- the root directory ---------------------------------------------------------------

testAChrootBelowALinkOfTheUsersIsRefused() {
	t_may || return 0
	mkdir roots/root
	ln -s ../roots his/jail
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_CHROOT=his/jail/root DAEMONIZE_PIDFILE=d.pid -- sleep 60
	t_assert_rc 77 && t_assert_err 'a symbolic link' && t_assert_absent d.pid || return
	ln -s roots/root jail
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_CHROOT=jail DAEMONIZE_PIDFILE=d.pid -- sleep 60
	t_assert_started d.pid
	assertEquals "$WORK/roots/root" "$(readlink "/proc/$pid/root")"
}

testADirectoryInTheChrootIsEnteredWithTheUsersRights() {
	t_may || return 0
	mkdir -m 700 roots/closed
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_CHROOT=roots DAEMONIZE_WORKDIR=/closed \
		DAEMONIZE_PIDFILE=d.pid -- sleep 60
	t_assert_rc 77 && t_assert_err 'unable to change directory to /closed' && t_assert_absent d.pid
}

# --- the switch of user after exec --------------------------------------------------

# t_threaded [VAR=VALUE]...: a program of which a linked library starts a thread
# that waits, in a chroot that is none, so that the switch comes late.
t_threaded_program() {
	t_shared threads.so "
		#define _GNU_SOURCE
		#include <pthread.h>
		#include <sched.h>
		#include <stdlib.h>
		#include <sys/mman.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		static void *rest(void *arg) { for (;;) pause(); return arg; }
		static int alone(void *arg) { for (;;) syscall(SYS_pause); return arg != 0; }
		__attribute__((constructor)) static void begin(void)
		{
			static char stack[65536];
			pthread_t t;
			if (getenv(\"NO_THREAD\")) return;
			if (!getenv(\"RAW_THREAD\")) pthread_create(&t, 0, rest, 0);
			else clone(alone, stack + sizeof stack, CLONE_VM | CLONE_FS | CLONE_FILES |
				CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, 0);
		}" || return 1
	printf 'extern int main(void);\n#include <unistd.h>\nint main(void) { sleep(60); }\n' >main.c
	cc -o threaded main.c -Wl,--no-as-needed "$WORK/threads.so" && chmod 755 threaded
}

t_late() {
	t_spawn DAEMONIZE_CHROOT="${T_ROOT_DIR:-/}" DAEMONIZE_USER="$T_USER" DAEMONIZE_PIDFILE=d.pid \
		"$@" -- "$WORK/threaded"
}

testAllThreadsOfTheProgramSwitch() {
	t_may && t_threaded_program || return 0
	t_late
	t_assert_started d.pid || return
	assertEquals 2 "$(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 | wc -l)"
	for key in Uid Gid; do
		assertEquals "$T_UID $T_UID $T_UID $T_UID" "$(sed -n "s/^$key:.//p" \
			/proc/"$pid"/task/*/status | sort -u | xargs)" || return
	done
	assertEquals 0000000000000000 "$(sed -n 's/^Cap\(Inh\|Prm\|Eff\|Amb\):.//p' \
		/proc/"$pid"/task/*/status | sort -u)"
}

# libc knows nothing of such a thread.
testAThreadThatDoesNotSwitchIsAFailure() {
	t_may && t_threaded_program || return 0
	t_late RAW_THREAD=1
	t_assert_rc 77 && t_assert_err "has kept the caller's rights" && t_assert_absent d.pid
}

# t_empty_root: the program and what it needs, but no /proc.
t_empty_root() {
	mkdir -p root/proc
	T_ROOT_DIR=$WORK/root
}

testThreadsAreSeenThoughTheNewRootHasNoProc() {
	t_may && t_threaded_program || return 0
	t_empty_root
	t_late
	t_assert_rc 0 || return
	t_late RAW_THREAD=1 DAEMONIZE_PIDFILE=2.pid
	t_assert_rc 77 && t_assert_err "has kept the caller's rights"
}

t_without_proc() {
	t_not_in dstart 'it finds no program there' || return 1
	t_need unshare mount || return 1
	printf '#!/bin/sh\nmount -t tmpfs none /proc && exec "$@"\n' >noproc && chmod 755 noproc
	T_WRAP="unshare -m ./noproc"
	$T_WRAP true 2>/dev/null || { t_skip 'may not unshare'; return 1; }
}

testThreadsThatCannotBeSeenAreRefused() {
	t_may && t_threaded_program && t_without_proc || return 0
	t_late
	t_assert_rc 77 && t_assert_err '/proc/self/task' && t_assert_absent d.pid
}

testAProgramWithOneThreadNeedsNoProc() {
	t_may && t_threaded_program && t_without_proc || return 0
	t_late NO_THREAD=1
	t_assert_started d.pid
}

# --- what is inherited ------------------------------------------------------------------

# keyring.py FILE: its session keyring, written down; keyring.py FILE COMMAND...
# executes it with a new one, of root's, as a login has it.
t_keyring() {
	cat >keyring.py <<-'END'
		import ctypes, os, sys
		number = {"x86_64": 250, "aarch64": 219}.get(os.uname().machine, -1)
		libc = ctypes.CDLL(None)
		if len(sys.argv) > 2:
		    libc.syscall(number, 1, None)  # KEYCTL_JOIN_SESSION_KEYRING
		# KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING
		with open(sys.argv[1] + ".new", "w") as f:
		    f.write("%d\n" % libc.syscall(number, 0, -3, 0))
		os.rename(sys.argv[1] + ".new", sys.argv[1])
		if len(sys.argv) > 2:
		    os.execvp(sys.argv[2], sys.argv[2:])
	END
	t_need "$T_PYTHON" && "$T_PYTHON" keyring.py tmp/before true && [ "$(cat tmp/before)" -gt 0 ] &&
		return
	t_skip 'no keyrings here'
	return 1
}

# t_keyring_of [VAR=VALUE]...: the daemon's in tmp/after, the caller's in tmp/before.
t_keyring_of() {
	T_WRAP="$T_PYTHON keyring.py tmp/before"
	t_spawn DAEMONIZE_READY=main "$@" -- "$T_PYTHON" "$WORK/keyring.py" "$WORK/tmp/after"
	t_assert_rc 0 && t_wait_for 5 test -s tmp/after && t_assert_has tmp/after ''
}

testTheSessionKeyringIsANewOne() {
	t_may && t_keyring || return 0
	t_keyring_is_new
	T_ROOT_VAR=DAEMONIZE_CHROOT=/
	t_keyring_is_new
}
t_keyring_is_new() {
	t_keyring_of DAEMONIZE_USER="$T_USER" ${T_ROOT_VAR:+"$T_ROOT_VAR"} || return
	assertNotEquals "$(cat tmp/before)" "$(cat tmp/after)"
	assertTrue "$(cat tmp/after)" "[ $(cat tmp/after) -gt 0 ]"
}

testWithoutASwitchTheKeyringStays() {
	t_need_root && t_keyring || return 0
	t_keyring_of && t_assert_same tmp/before tmp/after
}

testInheritableCapabilitiesAreGone() {
	t_may || return 0
	T_WRAP='setpriv --inh-caps=+chown,+net_raw'
	for root in '' /; do
		t_spawn DAEMONIZE_USER="$T_USER" ${root:+DAEMONIZE_CHROOT=$root} \
			DAEMONIZE_PIDFILE="d${root:+2}.pid" -- sleep 60
		t_assert_started "d${root:+2}.pid" || return
		assertEquals 0000000000000000 "$(t_status "$pid" CapInh)"
	done
}

# --- a program that is an enemy ---------------------------------------------------------------

# What it does is by chance, the same for the same number: see programs/hostile.c.
# make races has a thousand.
testAHostileProgramHarmsNothingButItsOwnStart() {
	t_not_in dstart 'it does both' || return 0
	t_may || return 0
	t_capture "$T_HARNESS/races-hostile" -n "${T_HOSTILE:-25}" -s "$(date +%s)" \
		"$T_DSTART" "$T_LIB" "$T_PROGRAMS/hostile"
	t_assert_rc 0 && cat out
}

# Whatever is the user's is stopped as soon as it is: also the copy, between its
# switch of user and exec.
testTheTimeoutHoldsThoughTheUserStopsTheCopy() {
	t_may && t_need "$T_PYTHON" || return 0
	cat >stop.py <<-'END'
		import os, signal
		os.setresgid(61999, 61999, 61999)
		os.setresuid(61999, 61999, 61999)
		while True:
		    try:
		        os.kill(-1, signal.SIGSTOP)
		    except ProcessLookupError:
		        pass
	END
	"$T_PYTHON" stop.py &
	stopper=$!
	t_track "$stopper"
	stopped=0
	for _ in 1 2 3 4; do
		T_LIMIT=15
		t_spawn DAEMONIZE_USER=61999:61999 DAEMONIZE_TIMEOUT=0.5 DAEMONIZE_PIDFILE=d.pid -- sleep 20
		case $rc in
		69) stopped=$((stopped + 1)) ;;
		0)
			t_kill "$(t_pid d.pid)"
			rm -f d.pid
			;;
		*) fail "status $rc: $(cat err)" ;;
		esac
		t_assert_absent d.pid || break
	done
	t_kill "$stopper"
	echo "stopped $stopped of 4"
}

. "${SHUNIT2:-shunit2}"
