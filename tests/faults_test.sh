#!/bin/sh
# SPDX-License-Identifier: MIT
# Whatever fails: a documented status and a message, or success; nothing left
# behind; and the next start works. Here a sample of the injected faults (make
# faults tries all of them), and all the resource limits.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() {
	t_once || return 1
	T_TARGET=$T_PROGRAMS/faults-target
}
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# Every how many of the points, and which of them: another sample each day.
EVERY=${FAULTS_EVERY:-25}
FIRST=${FAULTS_FIRST:-$(date +%j | sed 's/^0*//')}

# --- helpers -------------------------------------------------------------------

# t_inject SCENE: no fault does harm.
t_inject() {
	[ -x "$T_PROGRAMS/faults" ] || { t_skip 'needs an x86-64 machine'; return 0; }
	t_need_root || return 0
	t_capture timeout -k 5 250 "$T_PROGRAMS/faults" -e "$EVERY" -s "$FIRST" -o "$1" \
		"$T_LIB" "$T_DSTART" "$T_DSIG" "$T_TARGET" "$T_TARGET-static"
	t_assert_rc 0 || { cat out; return; }
	echo "$1: $(tail -n 1 out)"
	t_assert_out ' 0 failed'
}

# t_start_under WAY [DIR]: one of the three ways to start, its files are WAY.pid
# and WAY.log in DIR.
t_start_under() {
	t_way=$1
	t_base=${2:-.}/$1
	rm -f "$t_base.pid" "$t_base.log"
	set -- DAEMONIZE_TIMEOUT=5 "DAEMONIZE_PIDFILE=$t_base.pid" "DAEMONIZE_LOGFILE=$t_base.log"
	case $t_way in
	preload) t_spawn "$@" -- "$T_TARGET" ;;
	dstart) t_plain "$@" -- "$T_DSTART" -- "$T_TARGET" ;;
	static) t_plain "$@" -- "$T_DSTART" -- "$T_TARGET-static" ;;
	esac
}

# The last start has made a daemon, which is ended, or has failed as the manual
# says. The dynamic linker's and env's own failures come before ours.
t_judge() {
	case $rc in
	0)
		t_assert_started "$1.pid" || return 1
		t_kill "$pid"
		return 0
		;;
	69 | 71 | 73 | 75 | 77 | 78)
		grep -qE '^(libdaemonize|dstart): [^ ]' err || { fail "$2: status $rc, no message"; return 1; }
		;;
	125 | 127)
		grep -qE 'error while loading shared libraries|exhausted|(libdaemonize|dstart): ' err ||
			{ fail "$2: status $rc, $(cat err)"; return 1; }
		;;
	*)
		fail "$2: status $rc: $(cat err)"
		return 1
		;;
	esac
	t_assert_absent "$1.pid" || return 1
	t_wait_for 2 t_none_left || { fail "$2: a process is left"; return 1; }
}

# t_under LIMIT VALUE...: with each value, each way to start.
t_under() {
	t_need prlimit || return 0
	t_limit=$1 t_started=0
	shift
	for t_number; do
		for way in preload dstart static; do
			T_WRAP="${T_AS:-} prlimit --$t_limit=$t_number"
			t_start_under "$way"
			T_WRAP=''
			t_judge "$way" "$way, $t_limit $t_number" || return
			[ "$rc" -ne 0 ] || t_started=$((t_started + 1))
		done
	done
	# and then without
	t_start_under preload
	t_assert_started preload.pid || return
	t_kill "$pid"
}

# t_in_namespace COMMANDS: each way to start, in a mount namespace of its own
# that COMMANDS has prepared; the wanted status and message are $1 and $2.
t_in_namespace() {
	t_need_mounts || return 0
	t_expected=$1 t_text=$2
	printf '#!/bin/sh\n%s\nexec "$@"\n' "$3" >wrap
	chmod 755 wrap
	mkdir -p disk
	for way in preload dstart static; do
		T_WRAP="unshare -m ./wrap"
		t_start_under "$way" disk
		T_WRAP=''
		t_assert_rc "$t_expected" || { echo "$way"; return; }
		t_assert_err "$t_text" || return
		t_wait_for 2 t_none_left || { fail "$way: a process is left"; return; }
	done
	assertTrue true
}

# --- faults ----------------------------------------------------------------------

testFaultsOfAPreloadedStart() { t_inject preload; }
testFaultsOfAStartWithoutALog() { t_inject preload-bare; }
testFaultsOfAStartThatAwaitsANotification() { t_inject preload-notify; }
testFaultsOfAStartThatWaits() { t_inject preload-alive; }
testFaultsOfAStartAsAnotherUser() { t_inject preload-user; }
testFaultsOfAStartInAChroot() { t_inject preload-chroot; }
testFaultsOfDstart() { t_inject dstart; }
testFaultsOfDstartWithAStaticProgram() { t_inject dstart-static; }
testFaultsOfDstartThatWaits() { t_inject dstart-static-alive; }
testFaultsOfDsigTerm() { t_inject dsig-term; }
testFaultsOfDsigStop() { t_inject dsig-stop; }
testFaultsOfDsigStatus() { t_inject dsig-status; }
testFaultsOfDsigStatusAsJson() { t_inject dsig-status-json; }

# --- limits ----------------------------------------------------------------------

testFewDescriptors() {
	t_under nofile 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 || return
	assertTrue 'twenty are enough' "[ $t_started -ge 3 ]"
}

testAFullDescriptorTableIsNamedAsTheReason() {
	T_WRAP='prlimit --nofile=12'
	t_start_under preload
	T_WRAP=''
	t_assert_rc 71 && t_assert_err 'unable to open a channel: Too many open files'
}

testFewProcesses() {
	t_need_user || return 0
	T_TARGET=$T_PROGRAMS/faults-target
	chown "$T_USER" .
	T_AS=$T_AS_USER
	t_under nproc 0 1 2 3 4 8
	T_AS=''
}

testNoProcessMore() {
	t_need_user || return 0
	T_TARGET=$T_PROGRAMS/faults-target
	chown "$T_USER" .
	T_WRAP="$T_AS_USER prlimit --nproc=0"
	t_start_under preload
	T_WRAP=''
	t_assert_rc 71 && t_assert_err 'unable to start a process: Resource temporarily unavailable'
}

# What the launcher writes goes to a pipe: standard error in a file would meet
# the limit as well, and be the caller's to see to.
testAFileSizeLimitIsAnErrorForThePidFile() {
	cat >wrap <<-'END'
		#!/bin/sh
		{ prlimit --fsize=0 "$@"; echo $? >status; } 2>&1 >/dev/null | cat >said
		exit "$(cat status)"
	END
	chmod 755 wrap
	for way in preload dstart static; do
		T_WRAP=./wrap
		t_start_under "$way"
		T_WRAP=''
		t_assert_rc 73 || return
		t_assert_has said 'unable to write pid file' || return
		t_assert_has said 'File too large' || return
		t_assert_absent "$way.pid" || return
	done
}

testLittleAddressSpace() {
	t_under as 1000000 1500000 2000000 2200000 2400000 2600000 2800000 3000000 3200000 \
		3400000 3600000 3800000 4000000 4500000 5000000 6000000 || return
	assertTrue 'six megabytes are enough' "[ $t_started -ge 3 ]"
}

# The launcher takes about 100 KiB of the caller's stack.
testALittleStackIsEnough() {
	t_under stack 262144 524288 || return
	assertEquals 6 "$t_started"
}

testLockedMemoryAndTheRestDoNotMatter() {
	t_under memlock 0 || return
	assertEquals 3 "$t_started" || return
	t_under core 0 || return
	assertEquals 3 "$t_started"
}

# --- file systems ----------------------------------------------------------------

testAFullFileSystem() {
	t_in_namespace 73 'unable to write pid file' \
		'mount -t tmpfs -o size=4k none disk && echo full >disk/full || exit 99'
}

testAFileSystemWithoutInodes() {
	t_in_namespace 73 'No space left on device' \
		'mount -t tmpfs -o nr_inodes=1 none disk || exit 99'
}

testAReadOnlyFileSystem() {
	t_in_namespace 73 'Read-only file system' 'mount -t tmpfs -o ro none disk || exit 99'
}

testNoDevNull() {
	t_in_namespace 71 'unable to open /dev/null' 'mount -t tmpfs none /dev || exit 99'
	t_assert_absent disk/preload.pid disk/dstart.pid disk/static.pid
}

# The preloaded program needs no /proc; dstart finds its library by it, or
# else where it was installed.
testNoProc() {
	t_need_mounts || return 0
	printf '#!/bin/sh\nmount -t tmpfs none /proc || exit 99\nexec "$@"\n' >wrap
	chmod 755 wrap
	for way in preload dstart static; do
		T_WRAP="unshare -m ./wrap"
		t_start_under "$way"
		T_WRAP=''
		t_judge "$way" "$way without /proc" || return
		[ "$way" != preload ] || t_assert_rc 0 || return
	done
	assertTrue true
}

# --- the next start ----------------------------------------------------------------

testAnEmptyPidFileIsNoObstacle() {
	: >preload.pid
	t_spawn DAEMONIZE_PIDFILE=preload.pid -- "$T_TARGET"
	t_assert_started preload.pid
}

. "${SHUNIT2:-shunit2}"
