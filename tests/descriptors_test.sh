#!/bin/sh
# SPDX-License-Identifier: MIT
# What the daemon inherits: nothing, or what KEEP_FDS and socket activation
# name; with thousands open, on kernels without close_range(2), without /proc.
# shellcheck disable=SC2154,SC2086 # rc, pid: set by lib.sh; words of $T_LAUNCH
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# The descriptors of the daemon, but for the one with the lock.
t_fds() {
	sed -n 's/^fd\.\([0-9]*\)=.*/\1=&/p' got | grep -v "=$WORK/d.pid$" | cut -d = -f 1 |
		sort -n | xargs
}

t_refused() {
	t_text=$1
	shift
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log "$@" -- "$T_PROGRAMS/probe" got
	t_assert_rc 78 && t_assert_err "$t_text"
	t_assert_absent d.pid d.log got
}

# Makes T_WRAP execute its words with what the Python lines on stdin have done.
t_prepared() {
	t_need "$T_PYTHON" || return 1
	{
		echo 'import os, sys, socket, resource'
		cat
		echo 'os.execvp(sys.argv[1], sys.argv[1:])'
	} >prepared.py
	T_WRAP="$T_PYTHON prepared.py"
}

t_env() { sed -n "s/^env\.[0-9]*=$1=//p" got; }

# --- none ------------------------------------------------------------------------------

testNothingIsInherited() {
	exec 3<"$0" 7<"$0" 9<"$0"
	t_probe
	exec 3<&- 7<&- 9<&-
	assertEquals '0 1 2' "$(t_fds)"
}

testTheThreeAreNullByDefault() {
	t_probe || return
	assertEquals '/dev/null /dev/null /dev/null' \
		"$(t_field got fd.0) $(t_field got fd.1) $(t_field got fd.2)"
}

testAnInheritedPipeDoesNotKeepTheCallersPipelineWaiting() {
	# ends when every holder of the pipe has closed it
	heard=$( { t_probe DAEMONIZE_LOGFILE=d.log; echo over >&9; } 9>&1 >/dev/null)
	pid=$(t_pid d.pid)
	assertEquals over "$heard"
	assertTrue "t_alive $pid"
}

testTheDescriptorOfTheLockIsHigh() {
	t_probe || return
	lock=$(sed -n "s|^fd\.\([0-9]*\)=$WORK/d.pid$|\1|p" got)
	assertTrue "$lock is high" "[ $lock -ge 100 ]"
}

testWithoutAPidFileThereIsNoFourth() {
	T_READY=main
	t_spawn DAEMONIZE=1 DAEMONIZE_LOGFILE=log -- "$T_PROGRAMS/probe"
	t_assert_rc 0
	t_wait_for 5 grep -q '^fds=' log
	assertEquals 3 "$(t_field log fds)"
}

testClosedStandardDescriptorsAreOpenInTheDaemon() {
	cat >closed <<-'END'
		#!/bin/sh
		exec "$@" <&- >&- 2>&-
	END
	chmod 755 closed
	T_WRAP=./closed
	t_probe DAEMONIZE_LOGFILE=d.log || return
	assertEquals "/dev/null $WORK/d.log $WORK/d.log" \
		"$(t_field got fd.0) $(t_field got fd.1) $(t_field got fd.2)"
}

# --- KEEP_FDS --------------------------------------------------------------------------

testOneIsKept() {
	exec 5<"$0" 6<"$0"
	t_probe DAEMONIZE_KEEP_FDS=5
	exec 5<&- 6<&-
	assertEquals '0 1 2 5' "$(t_fds)"
}

testSeveralAreKeptInWhateverOrder() {
	exec 4<"$0" 5<"$0" 6<"$0" 9<"$0"
	t_probe DAEMONIZE_KEEP_FDS=9,4,6,4
	exec 4<&- 5<&- 6<&- 9<&-
	assertEquals '0 1 2 4 6 9' "$(t_fds)"
}

testAKeptOneIsTheSameWithItsOffset() {
	echo abcdef >file
	exec 5<file
	IFS= read -r _ <&5
	t_probe DAEMONIZE_KEEP_FDS=5
	exec 5<&-
	assertEquals "$WORK/file" "$(t_field got fd.5)"
	assertEquals 7 "$(t_field got fd.5.offset)"
	assertEquals 0 "$(t_field got fd.5.cloexec)"
}

testAllAreKept() {
	exec 4<"$0" 8<"$0"
	t_probe DAEMONIZE_KEEP_FDS=all
	t_plain -- "$T_PROGRAMS/probe" plain # the runner's callers may have more
	exec 4<&- 8<&-
	grep '^fd\.[0-9]*=' plain | grep -v '^fd\.[012]=' | sort >expected
	grep '^fd\.[0-9]*=' got | grep -v -e '^fd\.[012]=' -e "=$WORK/d.pid$" | sort >actual
	t_assert_same expected actual
	t_assert_has actual fd.4= && t_assert_has actual fd.8=
}

testHighNumbersAreKept() {
	t_prepared <<-'END' || return 0
		resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
		for n in 1000, 1001, 1003, 4000: os.dup2(0, n, inheritable=True)
	END
	t_probe DAEMONIZE_KEEP_FDS=1000,1001,1003,4000 || return
	assertEquals '0 1 2 1000 1001 1003 4000' "$(t_fds)"
	for fd in 1000 1001 1003 4000; do
		assertEquals "fd $fd" /dev/null "$(t_field got fd.$fd)"
	done
}

# With our own pid file at about that number.
testOneThatIsNotOpen() {
	for fd in 3 77 1000 1001 1002 1003 1004; do
		t_refused "unable to keep descriptor $fd: Bad file descriptor" \
			DAEMONIZE_KEEP_FDS=$fd || return
	done
	assertTrue true
}

testWhatIsNoListOfDescriptors() {
	for list in 0 1 2 -1 '3,' ,3 3,,4 x all,3 3-5 99999999999 ' 3' ''; do
		t_refused 'a comma list of descriptors from 3, or all' \
			DAEMONIZE_KEEP_FDS="$list" || return
	done
	assertTrue true
}

# --- socket activation ---------------------------------------------------------------------

# Two listening sockets at 3 and 4, and a stray file at 5.
t_activated() {
	t_prepared <<-'END'
		listeners = [socket.socket(socket.AF_UNIX) for name in "ab"]
		for listener, name in zip(listeners, "ab"):
		    listener.bind(name + ".sock")
		    listener.listen()
		high = [os.dup2(l.fileno(), 20 + i) for i, l in enumerate(listeners)]
		for i, fd in enumerate(high): os.dup2(fd, 3 + i)
		os.dup2(0, 5)
		os.closerange(6, 30)
		os.environ.update(LISTEN_FDS="2", LISTEN_FDNAMES="web:admin",
		                  LISTEN_PID=str(os.getpid()))
	END
}

testSocketsArriveAtThreeAndUp() {
	t_activated || return 0
	t_probe || return
	assertEquals '0 1 2 3 4' "$(t_fds)"
	t_assert_has got 'fd.3=socket:'
	t_assert_has got 'fd.4=socket:'
	assertEquals '0 0' "$(t_field got fd.3.cloexec) $(t_field got fd.4.cloexec)"
}

testListenPidIsTheDaemons() {
	t_activated || return 0
	t_probe || return
	assertEquals "$pid" "$(t_env LISTEN_PID)"
	assertEquals "$pid" "$(t_field got pid)"
}

testListenFdsAndTheirNamesAreKept() {
	t_activated || return 0
	t_probe || return
	assertEquals '2 web:admin' "$(t_env LISTEN_FDS) $(t_env LISTEN_FDNAMES)"
}

testSocketsAreListeningStill() {
	t_activated || return 0
	t_probe || return
	"$T_PYTHON" -c 'import socket
for name in "ab": socket.socket(socket.AF_UNIX).connect(name + ".sock")'
	assertEquals 0 $?
}

testActivationSurvivesAClearedEnvironment() {
	t_activated || return 0
	t_probe DAEMONIZE_CLEARENV=1 || return
	assertEquals "2 $pid web:admin" \
		"$(t_env LISTEN_FDS) $(t_env LISTEN_PID) $(t_env LISTEN_FDNAMES)"
}

testActivationAndKeptDescriptorsTogether() {
	t_activated || return 0
	t_probe DAEMONIZE_KEEP_FDS=5,3 || return
	assertEquals '0 1 2 3 4 5' "$(t_fds)"
}

testActivationOfAnotherProcessIsNotOurs() {
	t_activated || return 0
	sed 's/str(os.getpid())/"1"/' prepared.py >other.py
	T_WRAP="$T_PYTHON other.py"
	t_probe || return
	assertEquals '0 1 2' "$(t_fds)"
}

testActivationByHandNeedsNoPid() {
	exec 3<"$0"
	t_probe LISTEN_FDS=1
	exec 3<&-
	assertEquals '0 1 2 3' "$(t_fds)"
	assertEquals "$pid" "$(t_env LISTEN_PID)"
}

# More than there are: one of them would be one of ours.
testActivationThatLiesIsNone() {
	exec 3<"$0"
	t_probe LISTEN_FDS=1000
	exec 3<&-
	assertEquals '0 1 2' "$(t_fds)"
}

testNonsenseIsNoActivation() {
	for count in 0 -1 x '' 99999999999999 ' 1'; do
		rm -f got
		t_probe LISTEN_FDS="$count" || return
		assertEquals "LISTEN_FDS='$count'" '0 1 2' "$(t_fds)"
		t_kill "$pid"
	done
}

testThePidfdIdOfTheLauncherIsNotHandedOn() {
	exec 3<"$0"
	t_probe LISTEN_FDS=1 LISTEN_PIDFDID=123
	exec 3<&-
	assertEquals '' "$(t_env LISTEN_PIDFDID)"
}

testSystemdSocketActivate() {
	t_need systemd-socket-activate "$T_PYTHON" || return 0
	systemd-socket-activate -l "$WORK/s.sock" --fdname=web -E T_TEST="$T_TEST" -E T_RUN="$T_RUN" \
		-E DAEMONIZE_PIDFILE=d.pid env $T_LAUNCH "$T_PROGRAMS/probe" --stay got </dev/null >out 2>err &
	activator=$!
	t_track "$activator"
	t_wait_for 5 test -S s.sock
	"$T_PYTHON" -c 'import socket; socket.socket(socket.AF_UNIX).connect("s.sock")'
	rc=0
	wait "$activator" || rc=$?
	t_assert_started d.pid || return
	t_wait_for 5 test -e got
	assertEquals "1 $pid web" "$(t_env LISTEN_FDS) $(t_env LISTEN_PID) $(t_env LISTEN_FDNAMES)"
	assertEquals '0 1 2 3' "$(t_fds)"
	t_assert_has got 'fd.3=socket:'
}

# --- thousands, other kernels, no /proc --------------------------------------------------------

t_ten_thousand() {
	t_need prlimit || return 1
	prlimit --nofile=20000:20000 true 2>/dev/null || {
		t_skip 'needs 20000 descriptors'
		return 1
	}
	t_prepared <<-'END'
		resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
		for n in range(10000): os.set_inheritable(os.dup(0), True)
	END
}

testTenThousandAreClosed() {
	t_ten_thousand || return 0
	t_probe || return
	assertEquals '0 1 2' "$(t_fds)"
}

testTenThousandAreClosedButForOne() {
	t_ten_thousand || return 0
	t_probe DAEMONIZE_KEEP_FDS=5000,9000 || return
	assertEquals '0 1 2 5000 9000' "$(t_fds)"
}

testTenThousandAreKept() {
	t_ten_thousand || return 0
	t_spawn DAEMONIZE_KEEP_FDS=all DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay got
	t_assert_started d.pid || return
	count=$(find "/proc/$pid/fd" -type l | wc -l)
	assertTrue "$count descriptors" "[ $count -ge 10000 ]"
}

# As an older kernel does it, number 436 on every architecture.
t_old_kernel() {
	"$T_PROGRAMS/nosys" 436 -- true 2>/dev/null || { t_skip 'needs seccomp'; return 1; }
	T_WRAP="$T_PROGRAMS/nosys 436 -- $T_WRAP"
}

testWithoutCloseRange() {
	t_old_kernel || return 0
	exec 3<"$0" 7<"$0" 9<"$0"
	t_probe DAEMONIZE_KEEP_FDS=7
	exec 3<&- 7<&- 9<&-
	assertEquals '0 1 2 7' "$(t_fds)"
}

testTenThousandWithoutCloseRange() {
	t_ten_thousand && t_old_kernel || return 0
	t_probe DAEMONIZE_KEEP_FDS=5000 || return
	assertEquals '0 1 2 5000' "$(t_fds)"
}

t_no_proc() {
	t_not_in dstart static 'it finds its library and program through /proc' || return 1
	t_need_mounts || return 1
	cat >no_proc <<-'END'
		#!/bin/sh
		mount -t tmpfs none /proc && exec "$@"
	END
	chmod 755 no_proc
	T_WRAP="unshare -m ./no_proc $T_WRAP"
}

# Seen from outside, for the probe cannot look.
t_outside() {
	find "/proc/$pid/fd" -type l ! -lname '*/d.pid' | sed 's|.*/||' | sort -n | xargs
}

testWithoutProc() {
	t_no_proc || return 0
	exec 3<"$0" 7<"$0" 9<"$0"
	t_probe DAEMONIZE_KEEP_FDS=7
	exec 3<&- 7<&- 9<&-
	assertEquals '0 1 2 7' "$(t_outside)"
	assertEquals probe "$(cat "/proc/$pid/comm")"
	assertEquals "$T_PROGRAMS/probe --stay got" "$(tr '\0' ' ' <"/proc/$pid/cmdline" | sed 's/ $//')"
}

testAScriptWithoutProc() {
	t_no_proc || return 0
	mkfifo wait
	printf '#!/bin/sh\nread -r _ <wait\n' >script
	chmod 755 script
	t_spawn DAEMONIZE_PIDFILE=d.pid -- ./script a
	t_assert_started d.pid || return
	assertEquals '/bin/sh ./script a' "$(tr '\0' ' ' <"/proc/$pid/cmdline" | sed 's/ $//')"
}

testWithoutProcAndCloseRange() {
	t_old_kernel && t_no_proc || return 0
	exec 3<"$0" 7<"$0" 9<"$0"
	t_probe DAEMONIZE_KEEP_FDS=7
	exec 3<&- 7<&- 9<&-
	assertEquals '0 1 2 7' "$(t_outside)"
}

testALowLimitOfDescriptorsIsEnough() {
	t_need prlimit || return 0
	T_WRAP='prlimit --nofile=64'
	t_probe || return
	assertEquals '0 1 2' "$(t_fds)"
	assertEquals 64:64 "$(t_field got rlimit.nofile)"
}

# A loop to the limit would take long: as high as we may here.
testAHighLimitCostsNothing() {
	t_need prlimit || return 0
	highest=$(prlimit --nofile --raw --noheadings --output HARD)
	[ "$highest" != unlimited ] || highest=$(cat /proc/sys/fs/nr_open)
	T_WRAP="prlimit --nofile=$highest"
	t_old_kernel && t_no_proc || return 0
	T_LIMIT=10
	t_probe || return
	assertEquals '0 1 2' "$(t_outside)"
}

. "${SHUNIT2:-shunit2}"
