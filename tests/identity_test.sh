#!/bin/sh
# SPDX-License-Identifier: MIT
# DAEMONIZE_USER and DAEMONIZE_GROUPS: who the daemon is, that there is no way
# back, whose its files are, and who may not become whom.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once && t_need_user >"$SHUNIT_TMPDIR/may" && t_facts; endSkipping; }
setUp() { t_begin && mkdir -m 777 open && chmod 777 open || return 1; }
tearDown() { t_end; }

# What id(1) knows of T_USER.
t_facts() {
	T_UID=$(id -u "$T_USER") T_GID=$(id -g "$T_USER") T_GROUPS=$(id -G "$T_USER")
	T_HOME=$(awk -F : -v u="$T_USER" '$1 == u { print $6 }' /etc/passwd)
	T_LOGIN=$(awk -F : -v u="$T_USER" '$1 == u { print $7 }' /etc/passwd)
}

t_may() {
	[ ! -s "$SHUNIT_TMPDIR/may" ] && return
	t_skip "$(sed 's/^SKIP: [^:]*: //' "$SHUNIT_TMPDIR/may")"
	return 1
}

# t_start [VAR=VALUE]...: a probe as a daemon, what it sees in open/got.
t_start() {
	t_spawn DAEMONIZE_PIDFILE=d.pid "$@" -- "$T_PROGRAMS/probe" --stay open/got
	t_assert_started d.pid || return 1
	t_wait_for 5 test -e open/got || fail 'no report'
}

# t_assert_is UID GID "GROUP...": real, effective, saved and file system's.
t_assert_is() {
	assertEquals 'user ids' "$1 $1 $1 $1" "$(t_field open/got uid)"
	assertEquals 'group ids' "$2 $2 $2 $2" "$(t_field open/got gid)"
	assertEquals 'groups' "$3" "$(t_field open/got groups)"
}

# t_env KEY: from what the probe saw.
t_env() { sed -n "s/^env\.[0-9]*=$1=//p" open/got; }

# t_refused STATUS TEXT [VAR=VALUE]...: and nothing is left of it.
t_refused() {
	t_status=$1 t_text=$2
	shift 2
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log "$@" -- \
		"$T_PROGRAMS/probe" --stay open/got
	t_assert_rc "$t_status" && t_assert_err "$t_text"
	assertEquals 'one line' 1 "$(wc -l <err)"
	t_assert_absent d.pid d.log open/got
}

t_owner() { stat -c '%u:%g %a' "$1"; }

# Runs the caller of t_spawn with another /etc/passwd and group.
t_other_users() {
	t_need_mounts || return 1
	cp /etc/passwd passwd && cp /etc/group group
	cat >with_users <<-'END'
		#!/bin/sh
		mount --bind passwd /etc/passwd && mount --bind group /etc/group && exec "$@"
	END
	chmod 755 with_users
	T_WRAP="unshare -m ./with_users"
}

# --- forms -------------------------------------------------------------------

testAUserByName() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	t_assert_is "$T_UID" "$T_GID" "$T_GROUPS"
}

testAUserByNumber() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_UID" || return
	t_assert_is "$T_UID" "$T_GID" "$T_GROUPS"
	assertEquals "$T_USER" "$(t_env USER)"
}

testANumberThatIsNobodysIsAUserAllTheSame() {
	t_may || return 0
	t_start DAEMONIZE_USER=54321:54321 || return
	t_assert_is 54321 54321 ''
}

# The group of the same number may be sudo's.
testANumberThatIsNobodysHasNoGroup() {
	t_refused 67 'give one, as in 54321:54321' DAEMONIZE_USER=54321
}

testAUserAndAGroup() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER:daemon" || return
	assertEquals "$T_UID" "$(t_field open/got uid | cut -d ' ' -f 1)"
	daemon=$(getent group daemon | cut -d : -f 3)
	assertEquals "$daemon $daemon $daemon $daemon" "$(t_field open/got gid)"
}

testAUserAndAGroupByNumber() {
	t_may || return 0
	t_start DAEMONIZE_USER=54321:54322 || return
	t_assert_is 54321 54322 ''
}

testAGroupAloneKeepsTheUser() {
	t_may || return 0
	t_start DAEMONIZE_USER=:54322 || return
	assertEquals '0 0 0 0' "$(t_field open/got uid)"
	assertEquals '54322 54322 54322 54322' "$(t_field open/got gid)"
}

testRootMayBecomeRoot() {
	t_may || return 0
	t_start DAEMONIZE_USER=root || return
	t_assert_is 0 0 "$(id -G root)"
}

testALargestNumber() {
	t_may || return 0
	t_start DAEMONIZE_USER=4294967294:4294967294 || return
	# As the probe shows the file system's, which is an int.
	assertEquals '4294967294 4294967294 4294967294 -2' "$(t_field open/got uid)"
}

# --- groups ------------------------------------------------------------------

testTheGroupsAreTheUsersOwn() {
	t_may && t_other_users || return 0
	echo 'tester:x:54321:54322::/home/tester:/bin/dash' >>passwd
	printf '%s\n' first:x:54331:other,tester second:x:54332:tester strange:x:54333:other >>group
	t_start DAEMONIZE_USER=tester || return
	t_assert_is 54321 54322 '54322 54331 54332'
}

testGroupsThatAreNamed() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" DAEMONIZE_GROUPS=daemon,54399 || return
	t_assert_is "$T_UID" "$T_GID" "$(getent group daemon | cut -d : -f 3) 54399"
}

testNoGroupsAtAll() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" DAEMONIZE_GROUPS= || return
	t_assert_is "$T_UID" "$T_GID" ''
}

testGroupsWithoutAUser() {
	t_may || return 0
	t_start DAEMONIZE_GROUPS=54398,54399 || return
	t_assert_is 0 "$(id -g)" '54398 54399'
}

testTheGroupsOfTheCallerAreNotKept() {
	t_may || return 0
	T_WRAP='setpriv --groups=54390,54391'
	t_start DAEMONIZE_USER="$T_USER" || return
	t_assert_is "$T_UID" "$T_GID" "$T_GROUPS"
}

testManyGroups() {
	t_may || return 0
	t_start DAEMONIZE_GROUPS="$(seq -s , 20000 20199)" || return
	assertEquals "$(seq -s ' ' 20000 20199)" "$(t_field open/got groups)"
}

# --- environment -------------------------------------------------------------

testHomeUserLognameAndShellAreTheUsers() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" HOME=/root USER=root LOGNAME=root SHELL=/bin/x || return
	assertEquals "$T_HOME" "$(t_env HOME)"
	assertEquals "$T_USER" "$(t_env USER)"
	assertEquals "$T_USER" "$(t_env LOGNAME)"
	assertEquals "$T_LOGIN" "$(t_env SHELL)"
}

testTheyAreSetWithAClearedEnvironmentToo() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" DAEMONIZE_CLEARENV=1 || return
	assertEquals "HOME=$T_HOME LOGNAME=$T_USER SHELL=$T_LOGIN USER=$T_USER" \
		"$(sed -n 's/^env\.[0-9]*=//p' open/got | sort | tr '\n' ' ' | sed 's/ $//')"
}

testAnEnvironmentFileOverridesThem() {
	t_may || return 0
	echo HOME=/srv/home >home.env
	t_start DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=home.env || return
	assertEquals /srv/home "$(t_env HOME)"
}

testAUserWithoutAShellHasBinSh() {
	t_may && t_other_users || return 0
	echo 'tester:x:54321:54322::/home/tester:' >>passwd
	t_start DAEMONIZE_USER=tester || return
	assertEquals /bin/sh "$(t_env SHELL)"
}

testANameThatLooksLikeANumberIsAName() {
	t_may && t_other_users || return 0
	echo '4242:x:54321:54322::/:/bin/sh' >>passwd
	t_start DAEMONIZE_USER=4242 || return
	t_assert_is 54321 54322 54322
}

# --- no way back -------------------------------------------------------------

testTheCapabilitiesAreGone() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	assertEquals 0000000000000000 "$(t_field open/got status.CapPrm)"
	assertEquals 0000000000000000 "$(t_field open/got status.CapEff)"
	assertEquals 0000000000000000 "$(t_field open/got status.CapAmb)"
}

testNoIdCanBeHadBack() {
	T_READY=main
	t_may && t_need perl || return 0
	# shellcheck disable=SC2016 # perl's
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=log -- /usr/bin/perl -e '
		my @call = (105, 117, 113, 122);          # setuid, setresuid, setreuid, setfsuid
		for my $n (@call) { syscall($n, 0, 0, 0) }
		print "$<,$>,", -r "/etc/shadow" ? "reads" : "refused", "\n"'
	t_assert_rc 0
	t_wait_for 5 test -s log
	assertEquals "$T_UID,$T_UID,refused" "$(cat log)"
}

testKeptCapabilitiesAreAWayBackAndRefused() {
	t_may || return 0
	T_WRAP='setpriv --securebits=+no_setuid_fixup'
	t_refused 77 'the old user could be regained' DAEMONIZE_USER="$T_USER"
}

# An ordinary user with the capability alone keeps it through the switch.
testACapabilityToSwitchUsersIsAWayBackToo() {
	t_may || return 0
	chmod 777 .
	T_WRAP="setpriv --reuid=54321 --regid=54321 --clear-groups \
--inh-caps=+setuid,+setgid --ambient-caps=+setuid,+setgid"
	t_refused 77 'the old user could be regained' DAEMONIZE_USER="$T_USER"
}

# --- what the kernel tells of it ----------------------------------------------

testTheAuxiliaryVectorHasTheNewIds() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	assertEquals "$T_UID $T_UID $T_GID $T_GID 0" "$(for key in uid euid gid egid secure; do
		t_field open/got auxv.$key; done | xargs)"
}

# Else the daemon could not read its own /proc/self/environ or maps, and a
# debugger of the same user could not attach.
testItsProcDirectoryIsItsOwn() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	assertEquals 1 "$(t_field open/got dumpable)"
	assertEquals "$T_UID:$T_GID" "$(stat -c %u:%g "/proc/$pid/environ")"
	assertNotEquals '(null)' "$(t_field open/got environ)"
}

testNoLibraryMoreThanWithoutASwitch() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	sed -n 's/^map\.[0-9]*=//p' open/got | sort >switched
	t_kill "$pid"
	t_start || return
	sed -n 's/^map\.[0-9]*=//p' open/got | sort >plain
	t_assert_same plain switched
}

# --- files --------------------------------------------------------------------

testTheLogIsTheUsersAndThePidFileIsNot() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=d.log || return
	assertEquals "$T_UID:$T_GID 640" "$(t_owner d.log)"
	assertEquals '0:0 644' "$(t_owner d.pid)"
}

testTheModesThatWereAskedFor() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=d.log DAEMONIZE_LOGFILE_MODE=0604 \
		DAEMONIZE_PIDFILE_MODE=0600 || return
	assertEquals "$T_UID:$T_GID 604" "$(t_owner d.log)"
	assertEquals '0:0 600' "$(t_owner d.pid)"
}

testALogThatWasThereKeepsItsOwner() {
	T_READY=main
	t_may || return 0
	echo before >d.log
	chmod 600 d.log
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=d.log -- /bin/sh -c 'echo after'
	t_assert_rc 0
	t_wait_for 5 grep -q after d.log
	assertEquals 'before after' "$(xargs <d.log)"
	assertEquals '0:0 600' "$(t_owner d.log)"
}

testALogWhereTheUserMayNotWriteIsOpenedBeforeTheSwitch() {
	T_READY=main
	t_may || return 0
	mkdir -m 700 closed
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=closed/d.log -- /bin/sh -c 'echo heard'
	t_assert_rc 0
	t_wait_for 5 test -s closed/d.log
	assertEquals heard "$(cat closed/d.log)"
}

# The user may not unlink it there: what is left names nobody.
testAPidFileInADirectoryOfRootsIsEmptiedAtExit() {
	t_may || return 0
	mkdir -m 700 closed
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_PIDFILE=closed/d.pid -- \
		"$T_PROGRAMS/probe" --stay open/got
	t_assert_started closed/d.pid || return
	t_wait_for 5 test -e open/got
	kill "$pid"
	t_assert_gone "$pid"
	t_assert_stale closed/d.pid
}

testAndItCanBeStartedThereAgain() {
	t_may || return 0
	mkdir -m 700 closed
	for _ in 1 2; do
		rm -f open/got
		t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_PIDFILE=closed/d.pid -- \
			"$T_PROGRAMS/probe" --stay open/got
		t_assert_started closed/d.pid || return
		t_wait_for 5 test -e open/got
		kill "$pid"
		t_assert_gone "$pid"
	done
	t_assert_stale closed/d.pid
}

testAPidFileInADirectoryOfTheUsersIsRemovedAtExit() {
	t_may || return 0
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_PIDFILE=open/d.pid -- \
		"$T_PROGRAMS/probe" --stay open/got
	t_assert_started open/d.pid || return
	t_wait_for 5 test -e open/got
	kill "$pid"
	t_assert_gone "$pid"
	t_assert_removed open/d.pid
}

# It closed the descriptor and may not open the file: the number stays, but no
# lock, which is what stale means.
testAPidFileThatCannotBeEmptiedIsProvablyStale() {
	t_may || return 0
	mkdir -m 711 closed
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_PIDFILE=closed/d.pid -- "$T_PROGRAMS/closer"
	t_assert_started closed/d.pid || return
	t_wait_for 5 t_handles_term "$pid"
	kill "$pid"
	t_assert_gone "$pid"
	t_dsig status closed/d.pid
	t_assert_rc 1 && t_assert_out stale
}
# Bit 14 of the caught signals.
t_handles_term() {
	case $(t_status "$1" SigCgt) in *[4567cdef]???) ;; *) return 1 ;; esac
}

testASecondStartIsRefusedWhileTheUserRuns() {
	t_may || return 0
	t_start DAEMONIZE_USER="$T_USER" || return
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_USER="$T_USER" -- "$T_PROGRAMS/probe" --stay open/2
	t_assert_rc 75 && t_assert_err "already running as pid $pid"
	assertTrue "t_alive $pid"
}

# --- refusals -----------------------------------------------------------------

testAnUnknownUser() {
	t_refused 67 "unable to find user 'no-such-user'" DAEMONIZE_USER=no-such-user
}

testAnUnknownGroup() {
	t_refused 67 "unable to find group 'no-such-group'" DAEMONIZE_USER=:no-such-group
}

testAnUnknownGroupOfAKnownUser() {
	t_refused 67 "unable to find group 'no-such-group'" DAEMONIZE_USER=root:no-such-group
}

testAnUnknownSupplementaryGroup() {
	t_refused 67 "unable to find group 'no-such-group'" DAEMONIZE_GROUPS=0,no-such-group
}

testNumbersThatAreNone() {
	for user in -1 4294967295 4294967296 99999999999999999999 0x0 1e3 ' 0' '0 ' 0:0:0 root: :; do
		t_refused 67 'unable to find' DAEMONIZE_USER="$user" || return
	done
	assertTrue true
}

testGroupsThatAreNone() {
	for groups in ',' ,0 0,,0 '0, 1' -1 4294967295; do
		t_refused 67 'unable to find group' DAEMONIZE_GROUPS="$groups" || return
	done
	assertTrue true
}

testAnOrdinaryUserMayNotBecomeRoot() {
	t_may || return 0
	chmod 777 .
	T_WRAP=$T_AS_USER
	t_refused 77 'Operation not permitted' DAEMONIZE_USER=root
}

testAnOrdinaryUserMayNotChangeItsGroups() {
	t_may || return 0
	chmod 777 .
	T_WRAP=$T_AS_USER
	t_refused 77 'unable to set the supplementary groups' DAEMONIZE_GROUPS=
}

testAnOrdinaryUserMayNotBecomeAnotherGroup() {
	t_may || return 0
	chmod 777 .
	T_WRAP=$T_AS_USER
	t_refused 77 'Operation not permitted' DAEMONIZE_USER=:root
}

testAnOrdinaryUserMayNameItself() {
	t_may || return 0
	chmod 777 .
	T_WRAP=$T_AS_USER
	t_start DAEMONIZE_USER="$T_USER" DAEMONIZE_LOGFILE=d.log || return
	assertEquals "$T_UID $T_UID $T_UID $T_UID" "$(t_field open/got uid)"
	assertEquals "$T_UID:$T_GID 640" "$(t_owner d.log)"
}

testAProgramThatTheUserMayNotExecute() {
	t_may || return 0
	mkdir closed
	cp "$T_PROGRAMS/probe" closed/
	chmod 700 closed
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- \
		closed/probe --stay open/got
	case $T_START in
	preload) t_assert_rc 71 && t_assert_err 'unable to execute closed/probe: Permission denied' ;;
	dstart) t_assert_rc 126 && t_assert_err 'unable to execute closed/probe: Permission denied' ;;
	static) t_assert_err ' closed/probe' ;;
	esac
	t_assert_absent d.pid d.log
}

# The copy leaves with its plan unread, which the launcher sees as ECONNRESET
# in front of the reason, if it looks late enough.
testTheReasonIsNeverLost() {
	t_may || return 0
	mkdir closed
	cp "$T_PROGRAMS/probe" closed/
	chmod 700 closed
	for _ in $(seq 40); do
		t_spawn DAEMONIZE_USER="$T_USER" -- closed/probe
		assertContains "$T_START" "preload 71 dstart 126 static 77 static 126" "$T_START $rc"
		t_assert_err ' closed/probe' || return
	done
	assertTrue true
}

# The kernel would execute it, and its shell could not open it.
testAScriptThatTheUserMayNotRead() {
	t_may || return 0
	printf '#!/bin/sh\nexec sleep 100\n' >script
	chmod 711 script
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- ./script
	t_assert_rc 77 && t_assert_err 'unable to read ./script'
	t_assert_absent d.pid d.log
}

testALibraryThatTheUserMayNotRead() {
	t_not_in dstart static 'it takes its own library' || return 0
	t_may || return 0
	mkdir closed
	cp "$T_LIB" closed/libdaemonize.so
	chmod 700 closed
	T_LIB=$WORK/closed/libdaemonize.so
	t_refused 77 "unable to read $T_LIB as the daemon's user" DAEMONIZE_USER="$T_USER"
	T_LIB=$T_LIB_BEFORE
}
T_LIB_BEFORE=$T_LIB

testADirectoryThatTheUserMayNotEnter() {
	t_may || return 0
	mkdir -m 700 closed
	t_refused 77 "unable to change directory to $WORK/closed" DAEMONIZE_USER="$T_USER" \
		DAEMONIZE_WORKDIR=closed
}

. "${SHUNIT2:-shunit2}"
