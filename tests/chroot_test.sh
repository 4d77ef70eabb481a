#!/bin/sh
# SPDX-License-Identifier: MIT
# DAEMONIZE_CHROOT: alone and with everything else; nothing of the outside is
# left to the daemon, and nothing of it need be inside.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin && mkdir -p jail/in/side && chmod 777 jail || return 1; }
tearDown() { t_end; }

t_may() { t_need_root; }

# t_start [VAR=VALUE]...: a probe in the jail, what it sees in jail/got.
t_start() {
	t_jail jail "$T_PROGRAMS/probe"
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_CHROOT=jail "$@" -- \
		"$T_PROGRAMS/probe" --stay /got
	t_assert_started d.pid || return 1
	t_wait_for 5 test -e jail/got || fail 'no report from the jail'
}

t_root() { readlink "/proc/$pid/root"; }
t_cwd() { readlink "/proc/$pid/cwd"; }

# t_refused STATUS TEXT [VAR=VALUE]...: and nothing is left of it.
t_refused() {
	t_status=$1 t_text=$2
	shift 2
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log "$@" -- \
		"$T_PROGRAMS/probe" --stay got
	t_assert_rc "$t_status" && t_assert_err "$t_text"
	t_assert_absent d.pid d.log got jail/got
}

t_stop() {
	kill "$pid"
	t_assert_gone "$pid"
}

# --- alone ----------------------------------------------------------------------

testTheRootIsTheJail() {
	t_may || return 0
	t_start || return
	assertEquals "$WORK/jail" "$(t_root)"
}

testTheWorkingDirectoryIsTheJailsRoot() {
	t_may || return 0
	t_start || return
	assertEquals "$WORK/jail" "$(t_cwd)"
	assertEquals / "$(t_field jail/got cwd)"
}

testAnAbsolutePath() {
	t_may || return 0
	t_start DAEMONIZE_CHROOT="$WORK/jail/in/.." || return
	assertEquals "$WORK/jail" "$(t_root)"
}

testProgramAndLibrariesNeedNotBeInside() {
	t_not_in static 'it is executed in the jail' || return 0
	t_may || return 0
	t_start || return
	assertEquals './got ./in ./in/side' "$(cd jail && find . ! -name . | sort | xargs)"
}

testAMuslProgramIsNoDifferent() {
	t_may || return 0
	[ -x "$T_PROGRAMS/probe-musl" ] || { t_skip 'needs musl-gcc'; return 0; }
	t_jail jail "$T_PROGRAMS/probe-musl"
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_CHROOT=jail -- "$T_PROGRAMS/probe-musl" --stay /got
	t_assert_started d.pid || return
	t_wait_for 5 test -e jail/got
	assertEquals "$WORK/jail $WORK/jail" "$(t_root) $(t_cwd)"
}

testNoDescriptorLeadsOut() {
	t_may || return 0
	exec 8</ 9<"$WORK"
	t_start
	exec 8<&- 9<&-
	[ -n "$pid" ] || return
	for fd in "/proc/$pid/fd"/*; do
		[ -d "$fd" ] && fail "$fd is $(readlink "$fd")"
	done
	assertEquals '0 1 2 and the lock' 4 "$(find "/proc/$pid/fd" -type l | wc -l)"
}

# shellcheck disable=SC2016 # perl's
# perl has chroot, chdir and mkdir built in: the classic way out needs a
# directory outside that is still the current one, or a descriptor of one.
testTheClassicEscapeNeedsPrivilege() {
	T_READY=main
	t_may && t_need_user && t_need perl || return 0
	mkdir jail/dev
	: >jail/dev/null # perl -e reads it
	t_spawn DAEMONIZE_CHROOT=jail DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=log -- \
		/usr/bin/perl -e 'mkdir "x"; my $r = chroot "x"; chdir ".." for 1 .. 64;
			chroot "."; print $r ? "broke out" : "stays", -e "/etc" ? " outside" : " inside", "\n"'
	t_assert_rc 0
	t_wait_for 5 test -s log
	assertEquals 'stays inside' "$(cat log)"
}

# --- with WORKDIR ---------------------------------------------------------------

testAWorkingDirectoryIsInside() {
	t_may || return 0
	t_start DAEMONIZE_WORKDIR=/in/side || return
	assertEquals "$WORK/jail/in/side" "$(t_cwd)"
	assertEquals /in/side "$(t_field jail/got cwd)"
}

testARelativeWorkingDirectoryIsRelativeToTheJailsRoot() {
	t_may || return 0
	t_start DAEMONIZE_WORKDIR=in || return
	assertEquals "$WORK/jail/in" "$(t_cwd)"
}

testAWorkingDirectoryAboveTheRootIsTheRoot() {
	t_may || return 0
	t_start DAEMONIZE_WORKDIR=../../.. || return
	assertEquals "$WORK/jail" "$(t_cwd)"
}

testALinkOfTheJailDoesNotLeadOut() {
	t_may || return 0
	ln -s /in jail/link
	t_start DAEMONIZE_WORKDIR=/link || return
	assertEquals "$WORK/jail/in" "$(t_cwd)"
}

testAWorkingDirectoryThatIsOnlyOutside() {
	t_may || return 0
	t_refused 77 'unable to change directory to /etc: No such file' DAEMONIZE_CHROOT=jail \
		DAEMONIZE_WORKDIR=/etc
}

# --- with USER --------------------------------------------------------------------

testWithAUserNothingOfRootIsLeft() {
	t_may && t_need_user || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	uid=$(id -u "$T_USER") gid=$(id -g "$T_USER")
	assertEquals "$WORK/jail" "$(t_root)"
	assertEquals "$uid $uid $uid $uid" "$(t_field jail/got uid)"
	assertEquals "$gid $gid $gid $gid" "$(t_field jail/got gid)"
	assertEquals "$(id -G "$T_USER")" "$(t_field jail/got groups)"
	assertEquals 0000000000000000 "$(t_status "$pid" CapPrm)"
	assertEquals 0000000000000000 "$(t_status "$pid" CapEff)"
}

# The switch comes after the exec here, and the kernel forbids a process that
# switched to be looked at. But nothing of root's is in it.
testWithAUserItsProcDirectoryIsItsOwn() {
	t_may && t_need_user || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	assertEquals 1 "$(t_field jail/got dumpable)"
	assertEquals "$(id -u "$T_USER")" "$(stat -c %u "/proc/$pid/environ")"
}

# By design different from a switch without a chroot: the program is executed
# before, for it need not be inside, and the kernel's word on that stays.
testWithAUserTheAuxiliaryVectorHasTheIdsOfTheExec() {
	t_may && t_need_user || return 0
	t_not_in static 'it is executed by the user' || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	assertEquals '0 0' "$(t_field jail/got auxv.uid) $(t_field jail/got auxv.secure)"
}

testWithAUserKeptCapabilitiesAreRefused() {
	t_may && t_need_user || return 0
	T_WRAP='setpriv --securebits=+no_setuid_fixup'
	t_refused 77 'the old user could be regained' DAEMONIZE_CHROOT=jail DAEMONIZE_USER="$T_USER"
}

testWithAUserTheLogIsTheUsers() {
	t_may && t_need_user || return 0
	t_start DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=d.log || return
	assertEquals "$(id -u "$T_USER"):$(id -g "$T_USER")" "$(stat -c %u:%g d.log)"
}

testAUserWhoIsUnknownInsideIsKnownOutside() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	t_assert_absent jail/etc/passwd
	t_assert_has jail/got "=USER=$T_USER"
}

# --- with LOGFILE and PIDFILE --------------------------------------------------------

testLogAndPidFileAreOutside() {
	T_READY=main
	t_may || return 0
	t_jail jail "$T_PROGRAMS/probe"
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_CHROOT=jail DAEMONIZE_LOGFILE=d.log \
		DAEMONIZE_WORKDIR=in -- "$T_PROGRAMS/probe"
	t_assert_rc 0 || return
	t_wait_for 5 grep -q '^fds=' d.log
	assertEquals /in "$(t_field d.log cwd)"
	t_assert_absent jail/d.log jail/d.pid
}

testAPidFileOutsideNamesNobodyAfterTheEnd() {
	t_may || return 0
	t_start || return
	t_stop
	t_assert_stale d.pid
	t_dsig status "$WORK/d.pid"
	assertTrue "not running: $rc" "[ $rc -eq 1 ] || [ $rc -eq 3 ]"
}

testAndItCanBeStartedAgain() {
	t_may || return 0
	t_start || return
	t_stop
	rm jail/got
	t_start || return
	assertTrue "t_alive $pid"
}

testASecondStartIsRefused() {
	t_may || return 0
	t_start || return
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_CHROOT=jail -- "$T_PROGRAMS/probe" --stay /2
	t_assert_rc 75 && t_assert_err "already running as pid $pid"
}

# Inside, the path of the pid file is somebody else's.
testAFileOfTheSameNameInsideIsLeftAlone() {
	t_may || return 0
	mkdir -p "jail$WORK"
	echo mine >"jail$WORK/d.pid"
	t_start || return
	t_stop
	assertEquals mine "$(cat "jail$WORK/d.pid")"
	t_assert_stale d.pid
}

testALinkOfTheSameNameInsideIsNotFollowed() {
	t_may || return 0
	mkdir -p "jail$WORK"
	echo mine >jail/mine
	ln -s /mine "jail$WORK/d.pid"
	t_start || return
	t_stop
	assertEquals mine "$(cat jail/mine)"
	t_assert_stale d.pid
}

# It closes the descriptor, and has no other way to the file.
testAPidFileThatCannotBeReachedIsProvablyStale() {
	t_may || return 0
	t_jail jail "$T_PROGRAMS/closer"
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_CHROOT=jail -- "$T_PROGRAMS/closer"
	t_assert_started d.pid || return
	t_wait_for 5 t_handles_term "$pid"
	t_stop
	t_dsig status ./d.pid
	t_assert_rc 1 && t_assert_out stale
}
# Bit 14 of the caught signals.
t_handles_term() {
	case $(t_status "$1" SigCgt) in *[4567cdef]???) ;; *) return 1 ;; esac
}

testEverythingAtOnce() {
	t_may && t_need_user || return 0
	echo 'COLOUR=blue' >my.env
	t_start DAEMONIZE_USER="$T_USER:daemon" DAEMONIZE_GROUPS=54321 DAEMONIZE_WORKDIR=in \
		DAEMONIZE_LOGFILE=d.log DAEMONIZE_UMASK=077 DAEMONIZE_CLEARENV=1 \
		DAEMONIZE_ENVFILE=my.env DAEMONIZE_ARGV0=captive || return
	assertEquals "$WORK/jail/in" "$(t_cwd)"
	assertEquals captive "$(t_field jail/got argv.0)"
	assertEquals 54321 "$(t_field jail/got groups)"
	assertEquals 600 "$(stat -c %a jail/got)"
	assertEquals "$(id -u "$T_USER"):$(getent group daemon | cut -d : -f 3)" \
		"$(stat -c %u:%g jail/got)"
	t_assert_has jail/got =COLOUR=blue
	t_dsig status ./d.pid
	t_assert_rc 0
}

# --- refusals ----------------------------------------------------------------------------

testARootThatIsNotThere() {
	t_may || return 0
	t_refused 77 "unable to chroot to $WORK/nowhere: No such file" DAEMONIZE_CHROOT=nowhere
}

testARootThatIsAFile() {
	t_may || return 0
	echo >file
	t_refused 77 "unable to chroot to $WORK/file: Not a directory" DAEMONIZE_CHROOT=file
}

testAnOrdinaryUserMayNot() {
	t_need_user || return 0
	chmod 777 .
	T_WRAP=$T_AS_USER
	t_refused 77 "unable to chroot to $WORK/jail: Operation not permitted" DAEMONIZE_CHROOT=jail
}

# Its shell would look for it inside, and say so to nobody.
testAScriptThatIsOnlyOutside() {
	t_may || return 0
	printf '#!/bin/sh\nexec sleep 100\n' >script
	chmod 755 script
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_CHROOT=jail -- "$WORK/script"
	t_assert_rc 77 && t_assert_err "unable to read $WORK/script"
	t_assert_absent d.pid
}

testAScriptThatIsInsideAtTheSamePath() {
	t_may || return 0
	# shellcheck disable=SC2016 # the script's
	printf '#!/bin/sh\necho started >/got\nwhile :; do read -r _ <&7 || :; done 7<>/fifo\n' >script
	chmod 755 script
	mkdir -p "jail$WORK"
	cp script "jail$WORK/"
	mkfifo jail/fifo
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_CHROOT=jail -- "$WORK/script"
	t_assert_started d.pid || return
	t_wait_for 5 test -s jail/got
	assertEquals started "$(cat jail/got)"
}

. "${SHUNIT2:-shunit2}"
