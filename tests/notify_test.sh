#!/bin/sh
# SPDX-License-Identifier: MIT
# DAEMONIZE_READY=notify: the receiving end of sd_notify(3).
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
# shellcheck disable=SC2016 # programs in sh, expanded there
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# t_notify [VAR=VALUE]... -- COMMAND...
t_notify() {
	t_spawn DAEMONIZE_READY=notify DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log "$@"
}

# t_python [VAR=VALUE]...: the daemon is script.txt, with say(MESSAGE, FD...)
# defined.
t_python() {
	{
		cat <<-'END'
			import array, errno, os, signal, socket, sys, time
			address = os.environ["NOTIFY_SOCKET"]
			address = address.replace("@", "\0", 1)
			channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
			def say(message, *fds):
			    channel.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
			                     array.array("i", fds))] if fds else [], 0, address)
		END
		cat script.txt
	} >script.py
	t_notify "$@" -- "$T_PYTHON" -S -E script.py
}

testReadyFromTheDaemon() {
	t_notify -- "$T_PROGRAMS/notifier" 100 READY=1
	t_assert_started d.pid
	t_assert_silent
}

testReadyFromAChild() {
	t_notify -- "$T_PROGRAMS/notifier" --child 0 READY=1
	t_assert_started d.pid
}

testReadyFromAShortLivedChild() {
	t_need systemd-notify || return 0
	t_notify -- sh -c 'systemd-notify --ready; exec sleep 1000'
	t_assert_started d.pid
}

testReadyFromAShellScript() {
	t_need socat || return 0
	t_notify -- sh -c 'case $NOTIFY_SOCKET in
		@*) to=ABSTRACT-SENDTO:${NOTIFY_SOCKET#@} ;;
		*) to=UNIX-SENDTO:$NOTIFY_SOCKET ;;
		esac
		printf READY=1 | socat -u STDIN "$to"; exec sleep 1000'
	t_assert_started d.pid
}

testReadyFromPython() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"STATUS=up\nREADY=1\nSTATUS=serving\n"); signal.pause()
	END
	t_python
	t_assert_started d.pid
}

testReadyFromRedis() {
	t_need redis-server ldd || return 0
	ldd "$(command -v redis-server)" | grep -q libsystemd ||
		{ t_skip 'this redis-server was built without systemd'; return 0; }
	t_notify -- redis-server --supervised systemd --port 0 --unixsocket "$WORK/redis" \
		--save '' --dir "$WORK"
	t_assert_started d.pid || return
	assertTrue 'it listens' '[ -S redis ]'
}

testReadyFromAMuslProgram() {
	[ -x "$T_PROGRAMS/notifier-musl" ] || { t_skip 'needs musl-gcc'; return 0; }
	t_notify -- "$T_PROGRAMS/notifier-musl" 0 READY=1
	t_assert_started d.pid
}

testReadyThroughDstart() {
	t_dstart -r notify -p d.pid -- "$T_PROGRAMS/notifier" 0 READY=1
	t_assert_started d.pid
}

testReadyAfterAUserSwitch() {
	t_need_user || return 0
	t_notify DAEMONIZE_USER="$T_USER" -- "$T_PROGRAMS/notifier" 0 READY=1
	t_assert_started d.pid
}

testReadyFromOneThatHasSwitchedItsUserItself() {
	t_need_user || return 0
	# shellcheck disable=SC2086 # a prefix of words
	t_notify DAEMONIZE_TIMEOUT=5 -- $T_AS_USER "$T_PROGRAMS/notifier" 0 READY=1
	t_assert_started d.pid
}

testOnlyReadyEqualsOneIsReady() {
	t_notify DAEMONIZE_TIMEOUT=0.4 -- "$T_PROGRAMS/notifier" 0 READY=0 0 READY=10 0 XREADY=1 \
		0 'STATUS=READY=1' 0 RELOADING=1 0 ''
	t_assert_rc 69 && t_assert_err 'was not ready in 0.4 seconds, its status: READY=1'
}

testReadyInTheMiddleOfAMessage() {
	t_notify -- "$T_PROGRAMS/notifier" 0 'STATUS=a
READY=1
X_OWN=b'
	t_assert_started d.pid
}

# --- failures ----------------------------------------------------------------------

testItsStatusIsShownWhenItIsLate() {
	t_notify DAEMONIZE_TIMEOUT=0.4 -- "$T_PROGRAMS/notifier" 0 'STATUS=first' \
		0 'STATUS=waiting for the database'
	t_assert_rc 69
	t_assert_err 'notifier was not ready in 0.4 seconds, its status: waiting for the database'
	t_assert_lacks err first
}

testItsStatusAndErrnoAreShownWhenItDies() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"STATUS=reading /etc/shadows\nERRNO=2"); os._exit(5)
	END
	t_python
	t_assert_rc 69
	t_assert_err "$T_PYTHON ended with status 5 before it was ready, its status: reading /etc/shadows: No such file or directory"
}

testAnErrnoThatIsNoneIsNotShown() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"ERRNO=-1"); say(b"ERRNO=99999999999999999999"); say(b"ERRNO="); os._exit(5)
	END
	t_python
	t_assert_rc 69
	t_assert_has err "ended with status 5 before it was ready"
	assertEquals 1 "$(grep -c 'ready$' err)"
}

testAStatusCannotForgeALine() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"STATUS=\x1b[2Jgone\rlibdaemonize: fine"); os._exit(1)
	END
	t_python
	t_assert_rc 69
	assertEquals 'control characters' '' "$(tr -d '\n\040-\176' <err)"
}

testOneThatIsReadyAndDiesIsDead() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"READY=1"); os._exit(7)
	END
	t_python
	case $rc in
	69) t_assert_err 'ended with status 7' ;;
	*) t_assert_rc 0 ;; # it was ready, and died later than that
	esac
}

# --- time --------------------------------------------------------------------------

testMoreTimeIsGranted() {
	t_notify DAEMONIZE_TIMEOUT=0.3 -- "$T_PROGRAMS/notifier" \
		0 EXTEND_TIMEOUT_USEC=20000000 700 READY=1
	t_assert_started d.pid
}

testMoreTimeIsGrantedAgainAndAgain() {
	t_notify DAEMONIZE_TIMEOUT=1 -- "$T_PROGRAMS/notifier" 0 EXTEND_TIMEOUT_USEC=1000000 \
		600 EXTEND_TIMEOUT_USEC=1000000 600 EXTEND_TIMEOUT_USEC=1000000 600 READY=1
	t_assert_started d.pid
}

testMoreTimeHasAnEnd() {
	t_notify DAEMONIZE_TIMEOUT=0.3 -- "$T_PROGRAMS/notifier" \
		0 EXTEND_TIMEOUT_USEC=500000 50000 READY=1
	t_assert_rc 69
}

testLessTimeIsNotGranted() {
	t_notify DAEMONIZE_TIMEOUT=10 -- "$T_PROGRAMS/notifier" \
		0 EXTEND_TIMEOUT_USEC=1 0 EXTEND_TIMEOUT_USEC=0 0 EXTEND_TIMEOUT_USEC=-5 300 READY=1
	t_assert_started d.pid
}

testTimeWithoutEndIsNoOverflow() {
	t_notify DAEMONIZE_TIMEOUT=0.3 -- "$T_PROGRAMS/notifier" \
		0 EXTEND_TIMEOUT_USEC=18446744073709551615 0 EXTEND_TIMEOUT_USEC=9223372036854775807 \
		600 READY=1
	t_assert_started d.pid
}

# --- who is who ----------------------------------------------------------------------

testAMainPidIsNotFollowed() {
	t_notify -- "$T_PROGRAMS/notifier" 0 MAINPID=1 0 'MAINPID=2
READY=1'
	t_assert_started d.pid || return
	assertNotEquals 1 "$pid"
	assertEquals notifier "$(cat "/proc/$pid/comm")"
}

testABarrierIsPassed() {
	t_notify -- sh -c '"$1" --barrier >barrier & i=0
		until grep -q . barrier || [ $((i += 1)) -gt 100 ]; do sleep 0.05; done
		kill $!; exec "$1" 0 READY=1' sh "$T_PROGRAMS/notifier"
	t_assert_started d.pid
	assertEquals 'barrier done' "$(cat barrier)"
}

t_passed() { [ "$(grep -cE 'passed|Refused' d.log)" -eq 8 ]; }

# What systemd-notify(1) sends, and ends with an error where nobody listens.
# The launcher waits a little for it; a busy machine may be busier than that.
testABarrierAfterReadyIsPassed() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"READY=1")
		time.sleep(0.001)
		r, w = os.pipe()
		say(b"BARRIER=1", w)
		os.close(w)
		os.read(r, 1)
		print("passed", flush=True)
	END
	for t_try in 1 2 3 4 5 6 7 8; do
		t_python DAEMONIZE_PIDFILE="$t_try.pid"
	done
	t_wait_for 5 t_passed
	assertTrue "$(cat d.log)" "[ $(grep -c passed d.log) -ge 4 ]"
}

# t_addressed VAR=VALUE...: a launcher in the background, of a daemon that
# never notifies; the address in $address.
t_addressed() {
	# shellcheck disable=SC2086 # words
	env DAEMONIZE_READY=notify DAEMONIZE_PIDFILE=d.pid \
		LD_PRELOAD="${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$T_LIB" "$@" \
		sh -c 'echo "$NOTIFY_SOCKET" >a; mv a address; exec sleep 1000' \
		</dev/null >out 2>err &
	launcher=$!
	t_track "$launcher"
	t_wait_for 5 test -e address
	address=$(cat address)
	case $address in
	@*) to=ABSTRACT-SENDTO:${address#@} ;;
	*) to=UNIX-SENDTO:$address ;;
	esac
}

t_wait_launcher() { rc=0; wait "$launcher" || rc=$?; }

testAMessageOfAnotherUserIsIgnored() {
	t_need_user || return 0
	t_need socat || return 0
	t_addressed DAEMONIZE_TIMEOUT=0.7
	# setsid: not of the daemon's session, and not of ours
	printf READY=1 | t_as_user setsid socat -u STDIN "$to"
	t_wait_launcher
	t_assert_rc 69
}

testAMessageOfTheSameUserCounts() {
	t_need socat || return 0
	t_addressed DAEMONIZE_TIMEOUT=10
	printf READY=1 | setsid socat -u STDIN "$to"
	t_wait_launcher
	t_assert_started d.pid
}

# --- bad messages -----------------------------------------------------------------

testGarbageIsIgnored() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"")
		say(bytes(range(256)))
		say(b"\0READY=1")
		say(b"\n\n\n\n")
		say(b"=" * 4096)
		for size in 4095, 4096, 4097, 8192, 100000:
		    say(b"x" * size)
		for i in range(500):
		    say(os.urandom(i))
		time.sleep(0.3)
		say(b"READY=1")
		signal.pause()
	END
	t_python DAEMONIZE_TIMEOUT=10
	t_assert_started d.pid
	t_assert_silent
}

testAMessageTooLongIsIgnored() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"STATUS=" + b"x" * 4081 + b"\nREADY=10"); signal.pause()
	END
	t_python DAEMONIZE_TIMEOUT=0.4
	t_assert_rc 69
}

testManyDescriptorsAreClosed() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		r, w = os.pipe()
		for i in range(20):
		    say(b"FDSTORE=1", *([w] * 253))
		os.close(w)
		say(b"STATUS=waiting for the end of file")
		signal.alarm(10)
		os.read(r, 1)
		signal.alarm(0)
		say(b"READY=1")
		signal.pause()
	END
	t_python DAEMONIZE_TIMEOUT=12
	t_assert_started d.pid
}

testAFloodDoesNotKeepTheLauncherFromTheTime() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		while True:
		    say(b"STATUS=busy")
	END
	T_LIMIT=20
	t_python DAEMONIZE_TIMEOUT=0.5
	t_assert_rc 69 && t_assert_err 'was not ready in 0.5 seconds, its status: busy'
}

# --- the variable -------------------------------------------------------------------

testAnOuterSocketIsLeftAloneInOtherModes() {
	for t_mode in main alive=0.05; do
		t_spawn NOTIFY_SOCKET=/run/outer/notify DAEMONIZE_READY=$t_mode DAEMONIZE_PIDFILE=d.pid \
			-- "$T_PROGRAMS/probe" --stay info
		t_assert_started d.pid || return
		t_wait_for 5 test -e info
		t_assert_has info '=NOTIFY_SOCKET=/run/outer/notify'
		t_kill "$pid"
		rm info
	done
}

testAnOuterSocketIsReplacedInModeNotify() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		with open("/proc/self/environ", "rb") as f, open("seen", "wb") as out:
		    out.write(f.read().replace(b"\0", b"\n"))
		say(b"READY=1")
		signal.pause()
	END
	t_python NOTIFY_SOCKET=/run/outer/notify
	t_assert_started d.pid
	assertEquals 1 "$(grep -c '^NOTIFY_SOCKET=' seen)"
	t_assert_lacks seen /run/outer
}

testTheSocketIsThereInAnEmptyEnvironment() {
	t_notify DAEMONIZE_CLEARENV=1 -- "$T_PROGRAMS/notifier" 0 READY=1
	t_assert_started d.pid
}

testNobodyElseKnowsTheSocket() {
	t_notify DAEMONIZE_STDERR='|env >logger-env; exec cat >/dev/null' -- \
		"$T_PROGRAMS/notifier" 0 READY=1
	t_assert_started d.pid
	t_assert_lacks logger-env NOTIFY_SOCKET
}

testTheSocketIsGoneAfterwards() {
	t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"READY=1")
		with open("a", "w") as f:
		    f.write(os.environ["NOTIFY_SOCKET"])
		os.rename("a", "address")
		while True:
		    try:
		        say(b"WATCHDOG=1")
		    except (ConnectionRefusedError, FileNotFoundError):
		        print("refused", flush=True)
		        signal.pause()
		    time.sleep(0.01)
	END
	t_python
	t_assert_started d.pid
	t_wait_for 5 test -e address
	t_wait_for 5 grep -q refused d.log
	t_assert_lacks /proc/net/unix "$(cat address)" && t_assert_absent "$(cat address)"
}

testTheSocketLeavesNoFile() {
	t_notify -- "$T_PROGRAMS/notifier" 0 READY=1
	t_assert_started d.pid
	assertEquals 'd.log d.pid err out' "$(find . -type f -o -type s | sed 's|./||' | sort | xargs)"
}

# --- who can take its place -----------------------------------------------------------

testNobodyElseCanTakeTheAddressOnceTheLauncherHasLeft() {
	t_need_user && t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		say(b"READY=1")
		with open("a", "w") as f:
		    f.write(os.environ["NOTIFY_SOCKET"])
		os.rename("a", "address")
		signal.pause()
	END
	t_python
	t_assert_started d.pid
	t_wait_for 5 test -e address
	t_as_user "$T_PYTHON" -c 'import socket, sys
address = sys.argv[1].replace("@", "\0", 1)
try:
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(address)
except OSError as e:
    sys.exit(0)
sys.exit("bound " + sys.argv[1])' "$(cat address)" 2>err || fail "$(cat err)"
}

testTheSocketIsTheUsersAlone() {
	t_need_user || return 0
	# shellcheck disable=SC2016 # expanded by the daemon
	t_notify DAEMONIZE_USER=54321:54321 DAEMONIZE_TIMEOUT=1 -- \
		sh -c 'echo "$NOTIFY_SOCKET"; stat -c "%u %a" "$NOTIFY_SOCKET"; exec sleep 60'
	t_assert_rc 69
	t_assert_has d.log '54321 600' && t_assert_absent "$(head -n 1 d.log)"
}

testTheSocketIsInsideTheNewRoot() {
	t_need_user && t_need "$T_PYTHON" || return 0
	mkdir root
	cat >script.txt <<-'END'
		print(os.environ["NOTIFY_SOCKET"], flush=True)
		say(b"READY=1")
		signal.pause()
	END
	t_python DAEMONIZE_CHROOT=/ DAEMONIZE_WORKDIR="$WORK" DAEMONIZE_USER="$T_USER"
	t_assert_started d.pid
	assertEquals '/.daemonize-' "$(cut -c 1-12 d.log)"
	t_assert_absent "$(cat d.log)"
}

testWhereThereIsNoPlaceTheNameIsAbstract() {
	t_need_user || return 0
	mkdir -m 777 shared
	chmod 777 . shared
	T_WRAP=$T_AS_USER
	# shellcheck disable=SC2016 # expanded by the daemon
	t_notify DAEMONIZE_TIMEOUT=1 XDG_RUNTIME_DIR="$WORK/shared" -- \
		sh -c 'echo "$NOTIFY_SOCKET"; exec sleep 60'
	t_assert_rc 69
	assertEquals '@' "$(cut -c 1 d.log)"
}

# --- floods ---------------------------------------------------------------------------

# As many messages as it can send, with as many descriptors as go into one.
testAFloodDoesNotSuspendTheTimeout() {
	t_need_user && t_need "$T_PYTHON" || return 0
	cat >script.txt <<-'END'
		fds = [os.open("/dev/null", 0)] * 253
		for _ in range(6):
		    if os.fork() == 0:
		        break
		while True:
		    say(b"STATUS=more", *fds)
	END
	began=$(date +%s)
	T_LIMIT=20
	t_python DAEMONIZE_TIMEOUT=1 DAEMONIZE_USER="$T_USER"
	took=$(($(date +%s) - began))
	t_assert_rc 69
	assertTrue "$took s" "[ $took -le 8 ]"
}

. "${SHUNIT2:-shunit2}"
