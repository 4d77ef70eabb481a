#!/bin/sh
# SPDX-License-Identifier: MIT
# What the caller of a preloaded program gets: the exit status, the message,
# and after a failure nothing that was not there before.
# shellcheck disable=SC2154,SC2086 # rc, pid: set by lib.sh; words of $T_LAUNCH
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() {
	t_begin || return 1
	PIDFILE=
}
tearDown() { t_end; }

# --- helpers ----------------------------------------------------------------

# Everything in the work directory but what the caller's shell wrote: names,
# types, modes, owners, contents.
t_tree() {
	find . \( -path ./out -o -path ./err \) -o -type d -print \
		-o -exec stat -c '%A %h %u %g %s %Y %n' {} + | sort
	find . -type f ! -path ./out ! -path ./err -exec cksum {} + | sort
}

# t_refused STATUS TEXT [VAR=VALUE]... -- COMMAND...: it fails with this status
# and message on stderr alone, and changes nothing. (Processes: see t_end.)
t_refused() {
	t_expected=$1 t_text=$2
	shift 2
	t_tree >"$SHUNIT_TMPDIR/before"
	t_spawn "$@"
	t_tree >"$SHUNIT_TMPDIR/after"
	t_assert_rc "$t_expected" || return
	t_assert_err "$T_SAYS: $t_text" || return
	t_assert_empty out || return
	t_assert_same "$SHUNIT_TMPDIR/before" "$SHUNIT_TMPDIR/after"
}

# t_bad NAME VALUE ALLOWED: the value is refused, shown, and what is allowed too.
t_bad() {
	t_refused 78 "$1: '$2': $3" DAEMONIZE_STDOUT=made.log "$1=$2" -- "$T_PROGRAMS/probe" ran ||
		echo "$1=$2"
}

t_unknown() {
	t_refused 78 "$1: unknown, did you mean $2?" "$1=1" -- "$T_PROGRAMS/probe" ran
}

# t_mode FILE
t_mode() { stat -c %a "$1"; }

# --- success ----------------------------------------------------------------

testASuccessfulStartSaysNothing() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid && t_assert_silent
}

testThePidFileIsCompleteAtReturn() {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		t_spawn "DAEMONIZE_PIDFILE=$i.pid" -- "$T_PROGRAMS/sigprobe" got
		t_assert_started "$i.pid" || return
		kill "$pid"
	done
	t_assert_gone "$pid"
}

testOneSwitchIsEnough() {
	t_spawn DAEMONIZE=1 -- "$T_PROGRAMS/probe" --stay info
	t_assert_rc 0 && t_assert_silent
	t_wait_for 5 test -s info
	t_track "$(t_field info pid)"
	assertEquals '/dev/null' "$(t_field info fd.1)"
}

testAnyOptionSwitchesItOn() {
	t_spawn DAEMONIZE_UMASK=027 -- "$T_PROGRAMS/probe" --stay info
	t_assert_rc 0 && t_assert_silent
	t_wait_for 5 test -s info
	t_track "$(t_field info pid)"
	assertEquals 0027 "$(t_field info status.Umask)"
}

testTheCallerMayPutAPathBeforeThePidFile() {
	mkdir -p real/dir
	ln -s real link
	t_spawn DAEMONIZE_PIDFILE=link/dir/../dir/d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started real/dir/d.pid
}

testRelativePathsAreTheCallers() {
	mkdir elsewhere
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_WORKDIR=elsewhere -- \
		"$T_PROGRAMS/probe" --stay
	t_assert_started d.pid || return
	t_wait_for 5 test -s d.log
	assertEquals "$WORK/elsewhere" "$(t_field d.log cwd)"
	t_kill "$pid"
	t_assert_removed d.pid
	t_assert_absent elsewhere/d.pid elsewhere/d.log
}

testANameGivesRootItsUsualPlaces() {
	t_need_root || return 0
	name=libdaemonize-test.$$@a_b-c
	t_defer "rm -f /run/$name.pid /var/log/$name.log"
	t_spawn "DAEMONIZE_NAME=$name" -- "$T_PROGRAMS/probe" --stay
	t_assert_started "/run/$name.pid" || return
	t_track "$pid"
	t_wait_for 5 test -s "/var/log/$name.log"
	assertEquals "/var/log/$name.log" "$(t_field "/var/log/$name.log" fd.2)"
	assertEquals 640 "$(t_mode "/var/log/$name.log")"
}

testANameGivesUsersTheirs() {
	t_need_user || return 0
	mkdir -p run home/.local/state
	chown "$T_USER" run home home/.local home/.local/state
	T_WRAP=$T_AS_USER
	t_spawn DAEMONIZE_NAME=web "XDG_RUNTIME_DIR=$WORK/run" "HOME=$WORK/home" -- \
		"$T_PROGRAMS/probe" --stay
	t_assert_started run/web.pid || return
	t_wait_for 5 test -s home/.local/state/web.log
	assertEquals "$WORK/home/.local/state/web.log" \
		"$(t_field home/.local/state/web.log fd.1)"
}

testANameWithoutAPlaceIsRefusedToUsers() {
	t_need_user || return 0
	T_WRAP=$T_AS_USER
	t_refused 78 "DAEMONIZE_NAME: 'web': needs XDG_RUNTIME_DIR or DAEMONIZE_PIDFILE" \
		DAEMONIZE_NAME=web HOME=/nonexistent -- "$T_PROGRAMS/probe"
}

# --- off --------------------------------------------------------------------

t_may_be_off() { t_not_in dstart static 'dstart is never off'; }

testZeroSwitchesItOff() {
	t_may_be_off || return 0
	t_spawn DAEMONIZE=0 DAEMONIZE_PIDFILE=d.pid DAEMONIZE_NONSENSE=1 -- \
		"$T_PROGRAMS/dier" 7
	t_assert_rc 7 && t_assert_err 'dier: ends with 7'
	t_assert_absent d.pid
}

testNothingSetDoesNothing() {
	t_may_be_off || return 0
	t_spawn -- "$T_PROGRAMS/dier" 7
	t_assert_rc 7 && t_assert_err 'dier: ends with 7'
}

testANameThatOnlyBeginsLikeOursIsNotOurs() {
	t_may_be_off || return 0
	t_spawn DAEMONIZER=1 XDAEMONIZE_PIDFILE=x _DAEMONIZE=1 -- "$T_PROGRAMS/dier" 7
	t_assert_rc 7
}

# --- 64 to 78 ---------------------------------------------------------------

testASecondStartSaysWhoRuns() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	t_refused 75 "already running as pid $pid ($WORK/d.pid)" \
		DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=second.log -- "$T_PROGRAMS/probe" ran
	t_assert_absent ran
	assertTrue 'the first lives' "t_alive $pid"
}

testASecondStartIsSeenThroughAnyPath() {
	mkdir sub
	ln -s . here
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	ln d.pid hard.pid
	for path in ./d.pid sub/../d.pid here/d.pid hard.pid; do
		t_refused 75 "already running as pid $pid" "DAEMONIZE_PIDFILE=$path" -- \
			"$T_PROGRAMS/probe" ran
	done
}

testAnUnknownUserOrGroup() {
	t_need_root || return 0
	for user in no-such-user no-such-user:daemon daemon:no-such-group :no-such-group; do
		t_refused 67 "unable to " "DAEMONIZE_USER=$user" DAEMONIZE_PIDFILE=d.pid \
			DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" ran
		t_assert_err no-such-
	done
	t_refused 67 'unable to ' DAEMONIZE_USER=daemon DAEMONIZE_GROUPS=daemon,no-such-group -- \
		"$T_PROGRAMS/probe" ran
}

testAProgramThatDiesShowsHowAndItsLog() {
	t_spawn DAEMONIZE_READY=alive=5 DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- \
		"$T_PROGRAMS/dier" 3
	t_assert_rc 69 && t_assert_err 'dier ended with status 3' &&
		t_assert_err 'dier: ends with 3'
	t_assert_absent d.pid
}

testAProgramThatIsKilledShowsTheSignal() {
	t_spawn DAEMONIZE_READY=alive=5 DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/dier" KILL
	t_assert_rc 69 && t_assert_err 'was killed by SIGKILL'
	t_assert_absent d.pid
}

testAProgramThatIsNeverReadyIsEnded() {
	t_spawn DAEMONIZE_READY=notify DAEMONIZE_TIMEOUT=0.3 DAEMONIZE_PIDFILE=d.pid -- \
		"$T_PROGRAMS/probe" --stay info
	t_assert_rc 69 && t_assert_err 'was not ready'
	t_assert_gone "$(t_field info pid)"
	t_assert_absent d.pid
}

# An environment of more than execve(2) takes.
testAnExecutionThatFails() {
	awk 'BEGIN { printf "BIG="; for (i = 0; i < 200000; i++) printf "x"; print "" }' >big.env
	case $T_START in preload) t_status=71 ;; *) t_status=126 ;; esac
	t_refused $t_status "unable to execute $T_PROGRAMS/probe: Argument list too long" \
		DAEMONIZE_ENVFILE=big.env DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- \
		"$T_PROGRAMS/probe" ran
}

testAForkThatFails() {
	case $(uname -m) in
	x86_64) clone=56 ;;
	aarch64 | riscv64) clone=220 ;;
	arm* | i?86) clone=120 ;;
	*) t_skip 'the number of clone(2) here'; return 0 ;;
	esac
	T_WRAP="$T_PROGRAMS/nosys $clone --"
	t_refused 71 'unable to start a process: Function not implemented' \
		DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" ran
}

testTooFewDescriptors() {
	printf '#!/bin/sh\nulimit -n 4\nexec "$@"\n' >few
	chmod +x few
	T_WRAP=./few
	t_refused 71 'unable to ' DAEMONIZE=1 -- "$T_PROGRAMS/probe" ran
	t_refused 73 'unable to open pid file' DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" ran
}

testADirectoryThatCannotBeEntered() {
	touch file
	for dir in "$WORK/none" "$WORK/file"; do
		t_refused 77 "unable to change directory to $dir: No" "DAEMONIZE_WORKDIR=$dir" \
			DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" ran
	done
}

testARootThatCannotBeEntered() {
	t_need_root || return 0
	t_refused 77 "unable to chroot to $WORK/none: No such file" DAEMONIZE_CHROOT=none \
		DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" ran
}

testWhatOnlyRootMay() {
	t_need_user || return 0
	T_WRAP=$T_AS_USER
	t_refused 77 'unable to chroot to /: Operation not permitted' DAEMONIZE_CHROOT=/ -- \
		"$T_PROGRAMS/probe" ran
	t_refused 77 'unable to ' DAEMONIZE_USER=root -- "$T_PROGRAMS/probe" ran
	t_assert_err 'Operation not permitted'
}

# A failure after the pid file was written takes it back; a stale one that was
# there before is not ours to remove, but it does not name us either.
testAStalePidFileIsGoneAfterAFailedStart() {
	echo 4194304 >d.pid
	t_spawn DAEMONIZE_WORKDIR=none DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" ran
	t_assert_rc 77
	t_assert_absent d.pid ran
}

testALogThatWasThereSurvivesAFailedStart() {
	echo 'earlier' >d.log
	chmod 600 d.log
	t_refused 77 'unable to change directory' DAEMONIZE_WORKDIR=none DAEMONIZE_LOGFILE=d.log -- \
		"$T_PROGRAMS/probe" ran
	: >d.log
	t_refused 77 'unable to change directory' DAEMONIZE_WORKDIR=none DAEMONIZE_LOGFILE=d.log -- \
		"$T_PROGRAMS/probe" ran
}

# --- 73: the pid file -------------------------------------------------------

t_no_pidfile() {
	t_refused 73 "unable to open pid file $WORK/$1: $2" "DAEMONIZE_PIDFILE=$1" \
		DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" ran
}

testAPidFileThatIsNoFile() {
	mkdir dir
	mkfifo fifo
	t_no_pidfile dir 'Is a directory'
	t_no_pidfile fifo 'not a regular file'
	t_refused 73 'unable to open pid file /dev/null: not a regular file' \
		DAEMONIZE_PIDFILE=/dev/null -- "$T_PROGRAMS/probe" ran
}

testAPidFileThatIsALink() {
	echo precious >victim
	ln -s victim link
	ln -s none dangling
	ln -s link twice
	for link in link dangling twice; do
		t_no_pidfile "$link" 'is a symbolic link'
	done
	assertEquals precious "$(cat victim)"
}

testADirectoryForThePidFileThatIsMissing() {
	touch file
	t_no_pidfile none/d.pid 'No such file or directory'
	t_no_pidfile file/d.pid 'Not a directory'
	t_no_pidfile dir/ 'Is a directory' # as open(2) has it, with O_CREAT
}

testAPidFileInADirectoryThatIsNotOurs() {
	t_need_user || return 0
	mkdir dir
	T_WRAP=$T_AS_USER
	t_no_pidfile dir/d.pid 'Permission denied'
	echo 1 >dir/d.pid
	t_no_pidfile dir/d.pid 'Permission denied'
}

testAPidFileNameThatIsTooLong() {
	long=$(awk 'BEGIN { for (i = 0; i < 300; i++) printf "x" }')
	t_no_pidfile "$long" File # glibc's "File name too long", musl's "Filename too long"
}

# t_in_full COMMAND...: with "full" a file system of one page without room.
t_in_full() {
	mkdir -p full
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c 'mount -t tmpfs -o "$1" none full || exit 99
		shift; "$@"' sh "$@"
}

testAPidFileOnAFullDisk() {
	t_need_mounts || return 0
	cat >full.sh <<-END
		dd if=/dev/zero of=full/filler bs=4096 count=2 2>/dev/null
		env DAEMONIZE_PIDFILE=full/d.pid $T_LAUNCH "$T_PROGRAMS/probe" ran
		echo "status \$?"
		ls full
	END
	t_in_full size=4k sh full.sh >out 2>err
	t_assert_err "unable to write pid file $WORK/full/d.pid: No space left on device"
	assertEquals "status 73
filler" "$(cat out)"
	t_assert_absent ran
}

testALogThatCannotBeCreatedOnAFullDisk() {
	t_need_mounts || return 0
	cat >full.sh <<-END
		env DAEMONIZE_LOGFILE=full/d.log DAEMONIZE_PIDFILE=d.pid $T_LAUNCH \
			"$T_PROGRAMS/probe" ran
		echo "status \$?"
		ls full
	END
	t_in_full nr_inodes=1 sh full.sh >out 2>err
	t_assert_err "unable to open log file $WORK/full/d.log: No space left on device"
	assertEquals 'status 73' "$(cat out)"
	t_assert_absent ran d.pid
}

# A full log is the program's problem, as it would be without us.
testALogOnAFullDiskDoesNotStopTheStart() {
	t_need_mounts || return 0
	cat >full.sh <<-END
		dd if=/dev/zero of=full/filler bs=4096 count=2 2>/dev/null
		env DAEMONIZE_LOGFILE=full/d.log DAEMONIZE_PIDFILE=d.pid $T_LAUNCH \
			"$T_PROGRAMS/probe" --stay info
		echo "status \$?"
	END
	t_in_full size=4k sh full.sh >out 2>err
	rc=0
	t_assert_started d.pid && t_assert_empty err
	assertEquals 'status 0' "$(cat out)"
}

# Nothing of ours may be written: the copy is killed by SIGXFSZ.
testNoFileMayGrow() {
	printf '#!/bin/sh\nulimit -f 0\nexec "$@"\n' >none-may-grow
	chmod +x none-may-grow
	T_WRAP=./none-may-grow
	t_tree >"$SHUNIT_TMPDIR/before"
	T_LIMIT=20 t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe"
	t_tree >"$SHUNIT_TMPDIR/after"
	assertNotEquals 0 "$rc"
	t_assert_same "$SHUNIT_TMPDIR/before" "$SHUNIT_TMPDIR/after"
}

# --- 73: the log ------------------------------------------------------------

t_no_log() {
	for variable in DAEMONIZE_LOGFILE DAEMONIZE_STDOUT DAEMONIZE_STDERR; do
		t_refused 73 "unable to open log file $WORK/$1: $2" "$variable=$1" \
			"DAEMONIZE_PIDFILE=${PIDFILE:-d.pid}" -- "$T_PROGRAMS/probe" ran
	done
}

testALogThatIsNoFile() {
	mkdir dir
	mkfifo fifo
	t_no_log dir 'Is a directory'
	t_no_log fifo 'nobody reads from it'
}

testADirectoryForTheLogThatIsMissing() {
	touch file
	t_no_log none/d.log 'No such file or directory'
	t_no_log file/d.log 'Not a directory'
}

testALogInADirectoryThatIsNotOurs() {
	t_need_user || return 0
	mkdir dir run
	touch dir/there.log
	chown "$T_USER" run
	T_WRAP=$T_AS_USER PIDFILE=run/d.pid
	t_no_log dir/d.log 'Permission denied'
	t_no_log dir/there.log 'Permission denied'
}

# An administrator's own link is followed, one that another could have put
# there is not.
testALogThatIsALink() {
	t_need_switch || return 0
	mkdir theirs
	chown "$T_USER" theirs
	echo precious >victim
	ln -s ../victim theirs/d.log
	t_no_log theirs/d.log 'a symbolic link in a directory that others can write'
	ln -s real.log link.log
	t_spawn DAEMONIZE_LOGFILE=link.log DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay
	t_assert_started d.pid || return
	t_wait_for 5 test -s real.log
	assertEquals "$WORK/real.log" "$(t_field real.log fd.1)"
}

testOnlyOneOfTwoLogsCanBeOpened() {
	t_refused 73 "unable to open log file $WORK/none/e.log" DAEMONIZE_STDOUT=o.log \
		DAEMONIZE_STDERR=none/e.log DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" ran
}

# --- 78 ---------------------------------------------------------------------

testAnUnknownNameNamesTheNearest() {
	t_unknown DAEMONIZE_PIDFLIE DAEMONIZE_PIDFILE
	t_unknown DAEMONIZE_PID_FILE DAEMONIZE_PIDFILE
	t_unknown DAEMONIZE_LOG DAEMONIZE_LOGFILE
	t_unknown DAEMONIZE_user DAEMONIZE_USER
	t_unknown DAEMONIZE_PID DAEMONIZE_PIDFILE
	t_unknown DAEMONIZE_ENV DAEMONIZE_ENVFILE
	t_unknown DAEMONIZE_GROUP DAEMONIZE_GROUPS
	t_refused 78 'DAEMONIZE_: unknown' DAEMONIZE_=1 -- "$T_PROGRAMS/probe" ran
	long=DAEMONIZE_$(awk 'BEGIN { for (i = 0; i < 300; i++) printf "X" }')
	t_refused 78 DAEMONIZE_XXXXXXXX "$long=1" -- "$T_PROGRAMS/probe" ran
	t_assert_err ': unknown'
}

testABadFlag() {
	for name in DAEMONIZE DAEMONIZE_CLEARENV DAEMONIZE_LINEBUF DAEMONIZE_VERBOSE; do
		for value in '' 2 yes 01 '1 '; do
			t_bad "$name" "$value" '1 or 0'
		done
	done
}

testABadName() {
	for value in '' . .. .hidden -x a/b 'a b' /a 'a;b' 'ä' \
		"$(awk 'BEGIN { for (i = 0; i < 300; i++) printf "x" }')"; do
		t_refused 78 "DAEMONIZE_NAME: '" "DAEMONIZE_NAME=$value" -- "$T_PROGRAMS/probe" ran
		t_assert_err 'letters, digits and _ . @ -'
	done
}

testABadMode() {
	for name in DAEMONIZE_PIDFILE_MODE DAEMONIZE_LOGFILE_MODE; do
		for value in '' 8 0o644 rw- -1 10000 '644 ' 77777777777777777777; do
			t_bad "$name" "$value" 'an octal mode, 0 to 07777'
		done
	done
	for value in '' 8 1000 -022 u=rw; do
		t_bad DAEMONIZE_UMASK "$value" 'an octal mask, 0 to 0777'
	done
}

testABadTime() {
	for value in '' 0 0.0 -1 1s 1e3 . 1. .-5 99999999999999999999; do
		t_bad DAEMONIZE_TIMEOUT "$value" 'seconds above 0, fractions allowed'
	done
}

testABadPath() {
	long=$(awk 'BEGIN { for (i = 0; i < 5000; i++) printf "x" }')
	for name in PIDFILE WORKDIR CHROOT ENVFILE; do
		t_bad "DAEMONIZE_$name" '' 'a path, below 4096 bytes'
		t_refused 78 "DAEMONIZE_$name: '" "DAEMONIZE_$name=$long" -- "$T_PROGRAMS/probe" ran
	done
	for name in LOGFILE STDOUT STDERR; do
		t_bad "DAEMONIZE_$name" '' 'a path, inherit, null, journal or |command'
		t_bad "DAEMONIZE_$name" '|' 'a path, inherit, null, journal or |command'
	done
}

# What could forge a second message is shown escaped.
testAControlCharacterInAPath() {
	t_spawn "DAEMONIZE_PIDFILE=a
$T_SAYS: forged.pid" -- "$T_PROGRAMS/probe" ran
	t_assert_rc 78
	assertEquals "$(cat err)" 1 "$(wc -l <err | tr -d ' ')"
}

testABadSignal() {
	for value in '' KILL STOP 32 RTMIN 0 -1 9 19 65 SIGFOO USR3; do
		t_bad DAEMONIZE_REOPEN "$value" 'a signal that can be caught'
	done
}

testABadListOfDescriptors() {
	for value in '' 0 1,2 2 '3,' ',3' 3-5 -3 x 'ALL' 99999999999; do
		t_bad DAEMONIZE_KEEP_FDS "$value" 'a comma list of descriptors from 3, or all'
	done
	t_refused 78 'DAEMONIZE_KEEP_FDS: unable to keep descriptor 77: Bad file descriptor' \
		DAEMONIZE_KEEP_FDS=77 DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" ran
}

testABadReadiness() {
	for value in '' Main ready alive alive= alive=0 alive=x notify= listen= listen=x \
		listen=0 listen=65536; do
		t_bad DAEMONIZE_READY "$value" 'settled, main, notify, listen'
	done
}

testABadWayToFollow() {
	for value in '' 2 yes Auto ./d.pid d.pid; do
		t_bad DAEMONIZE_FORKS "$value" "auto, 0, 1 or the /PATH of the program's own pid file"
	done
	for value in 1 /run/own.pid; do
		t_refused 78 "DAEMONIZE_READY: 'main': is too early to follow" \
			DAEMONIZE_READY=main DAEMONIZE_FORKS=$value -- "$T_PROGRAMS/probe" ran
	done
}

testAllErrorsAreShown() {
	t_refused 78 "DAEMONIZE_UMASK: 'x'" DAEMONIZE_UMASK=x DAEMONIZE_TIMEOUT=y \
		DAEMONIZE_LOGFLIE=z DAEMONIZE_NAME=a/b DAEMONIZE_LOGFILE=d.log \
		DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" ran
	for name in DAEMONIZE_TIMEOUT DAEMONIZE_LOGFLIE DAEMONIZE_NAME; do
		t_assert_err "$T_SAYS: $name: "
	done
	assertEquals 4 "$(wc -l <err | tr -d ' ')"
}

testAnEnvironmentFileThatIsMissingOrWrong() {
	t_refused 78 "unable to read environment file $WORK/none: No such file" \
		DAEMONIZE_ENVFILE=none DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" ran
	printf 'A=1\nthis is no assignment\n' >wrong
	t_refused 78 "unable to read environment file $WORK/wrong: line 2" \
		DAEMONIZE_ENVFILE=wrong DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" ran
}

# --- dirty callers ----------------------------------------------------------

t_need_env_signals() {
	env --block-signal=TERM --ignore-signal=INT true 2>/dev/null && return
	t_skip 'needs env --block-signal of coreutils'
	return 1
}

testACallerThatBlocksTerm() {
	t_need_env_signals || return 0
	T_WRAP='env --block-signal=TERM'
	# cat: a program that knows nothing of signals
	mkfifo fifo
	t_spawn DAEMONIZE_PIDFILE=d.pid -- cat fifo
	t_assert_started d.pid || return
	kill -s TERM "$pid"
	t_assert_gone "$pid"
}

testACallerThatBlocksAndIgnoresEverything() {
	t_need_env_signals || return 0
	T_WRAP='env --block-signal --ignore-signal'
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	for set in SigBlk SigIgn; do
		assertEquals "$set" 0000000000000000 "$(t_field info "status.$set")"
	done
}

testFailuresReachACallerThatIgnoresEverything() {
	t_need_env_signals || return 0
	T_WRAP='env --block-signal --ignore-signal'
	t_refused 77 'unable to change directory' DAEMONIZE_WORKDIR=none DAEMONIZE_PIDFILE=d.pid -- \
		"$T_PROGRAMS/probe" ran
	t_spawn DAEMONIZE_READY=alive=5 DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/dier" 3
	t_assert_rc 69 && t_assert_err 'ended with status 3'
}

testTheUmaskDoesNotTouchOurFiles() {
	umask 077
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	assertEquals '644 640 600' "$(t_mode d.pid) $(t_mode d.log) $(t_mode info)"
	assertEquals 0077 "$(t_field info status.Umask)"
}

testModesAreExact() {
	umask 022
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_PIDFILE_MODE=606 \
		DAEMONIZE_LOGFILE_MODE=666 -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	assertEquals '606 666' "$(t_mode d.pid) $(t_mode d.log)"
}

# Whoever waits for the end of our pipe would wait for the daemon's.
testAPipelineEnds() {
	t_capture timeout 20 sh -c '"$@" 2>&1 | cat' sh \
		env DAEMONIZE_PIDFILE=d.pid $T_LAUNCH "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid && t_assert_silent
}

testAPipeOnDescriptorNineEnds() {
	t_capture timeout 20 sh -c '"$@" 9>&1 5>&1 8<&1 2>&1 | cat' sh \
		env DAEMONIZE_PIDFILE=d.pid $T_LAUNCH "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid && t_assert_silent
}

testACommandSubstitutionEnds() {
	said=$(exec 7>&1; timeout 20 env DAEMONIZE_PIDFILE=d.pid $T_LAUNCH \
		"$T_PROGRAMS/probe" --stay info 2>&1) && rc=0 || rc=$?
	t_assert_started d.pid
	assertEquals '' "$said"
}

testAPipelineEndsAfterAFailure() {
	t_capture timeout 20 sh -c '"$@" 9>&1 | cat' sh env DAEMONIZE_PIDFILE=none/d.pid \
		DAEMONIZE_LOGFILE=d.log $T_LAUNCH "$T_PROGRAMS/probe" --stay info
	assertNotEquals 124 "$rc"
	t_assert_err 'unable to open pid file'
}

# A caller that stops reading must not make a failure of a success.
testAClosedPipeDoesNotKillTheLauncher() {
	cat >piped <<-'END'
		{ "$@"; echo $? >status; } 2>&1 | true
	END
	for i in 1 2 3 4 5; do
		t_capture timeout 20 sh piped env "DAEMONIZE_PIDFILE=$i.pid" DAEMONIZE_VERBOSE=1 \
			$T_LAUNCH "$T_PROGRAMS/probe" --stay info
		assertEquals 'status' 0 "$(cat status)"
		rc=0
		t_assert_started "$i.pid" || return
	done
}

# t_shut DIGITS: a prefix that closes these descriptors.
t_shut() {
	cat >shut <<-'END'
		#!/bin/sh
		digits=$1
		shift
		case $digits in *0*) exec 0<&- ;; esac
		case $digits in *1*) exec 1>&- ;; esac
		case $digits in *2*) exec 2>&- ;; esac
		exec "$@"
	END
	chmod +x shut
	T_WRAP="./shut $1"
}

testClosedStandardDescriptors() {
	for digits in 0 1 2 01 02 12 012; do
		t_shut "$digits"
		rm -f info
		t_spawn "DAEMONIZE_PIDFILE=$digits.pid" "DAEMONIZE_LOGFILE=$digits.log" -- \
			"$T_PROGRAMS/probe" --stay info
		t_assert_started "$digits.pid" || return
		t_assert_silent
		t_wait_for 5 test -s info
		assertEquals "without $digits" "/dev/null $WORK/$digits.log $WORK/$digits.log 4" \
			"$(t_field info fd.0) $(t_field info fd.1) $(t_field info fd.2) $(t_field info fds)"
		kill "$pid"
		t_assert_gone "$pid"
	done
}

testClosedStandardDescriptorsAndInheritance() {
	for digits in 0 1 2 01 02 12 012; do
		t_shut "$digits"
		rm -f info
		t_spawn "DAEMONIZE_PIDFILE=$digits.pid" DAEMONIZE_LOGFILE=inherit -- \
			"$T_PROGRAMS/probe" --stay info
		t_assert_started "$digits.pid" || return
		t_wait_for 5 test -s info
		stdout=$WORK/out stderr=$WORK/err
		case $digits in *1*) stdout=/dev/null ;; esac
		case $digits in *2*) stderr=/dev/null ;; esac
		assertEquals "without $digits" "/dev/null $stdout $stderr 4" \
			"$(t_field info fd.0) $(t_field info fd.1) $(t_field info fd.2) $(t_field info fds)"
		kill "$pid"
		t_assert_gone "$pid"
	done
}

# The message may not go into a file of ours that got number 2.
testFailuresWithClosedDescriptors() {
	echo kept >d.log
	for digits in 2 12 02 012; do
		t_shut "$digits"
		t_spawn DAEMONIZE_LOGFILE=d.log DAEMONIZE_PIDFILE=d.pid DAEMONIZE_WORKDIR=none -- \
			"$T_PROGRAMS/probe" ran
		t_assert_rc 77
		t_assert_absent d.pid ran
		assertEquals kept "$(cat d.log)"
	done
}

testADirectoryThatWasRemoved() {
	mkdir gone
	printf '#!/bin/sh\ncd gone && rmdir ../gone && exec "$@"\n' >nowhere
	chmod +x nowhere
	T_WRAP=./nowhere
	t_spawn "DAEMONIZE_PIDFILE=$WORK/d.pid" -- "$T_PROGRAMS/probe" --stay "$WORK/info"
	t_assert_started d.pid
	mkdir gone
	t_spawn DAEMONIZE_PIDFILE=e.pid -- "$T_PROGRAMS/probe" "$WORK/ran"
	t_assert_rc 78 && t_assert_err "$T_SAYS: DAEMONIZE_PIDFILE: 'e.pid': an absolute path"
	t_assert_absent ran
}

# Nobody may be left waiting: not by a fd beyond RLIMIT_NOFILE either.
testManyDescriptorsAreClosed() {
	cat >many <<-'END'
		import os, sys
		for fd in range(3, 900):
		    os.dup2(1, fd)
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	t_need "$T_PYTHON" || return 0
	T_WRAP="$T_PYTHON many"
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	assertEquals 4 "$(t_field info fds)"
}

# --- what follows from several options -----------------------------------------------

testAReopeningNeedsALogFile() {
	t_spawn DAEMONIZE_REOPEN=USR1 -- "$T_PROGRAMS/probe" ran
	t_assert_rc 78 && t_assert_err 'DAEMONIZE_REOPEN: needs a log file to reopen'
	t_spawn DAEMONIZE_REOPEN=USR1 DAEMONIZE_STDOUT=a.log DAEMONIZE_STDERR=null \
		DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid
	t_assert_absent ran
}

testTheLogOfANamedOneOfAUserIsAmongItsState() {
	t_need_user || return 0
	mkdir run state home
	chown "$T_USER" run state home
	T_WRAP=$T_AS_USER
	t_spawn DAEMONIZE_NAME=web XDG_RUNTIME_DIR="$WORK/run" XDG_STATE_HOME="$WORK/state" -- \
		"$T_PROGRAMS/probe" --stay
	t_assert_started run/web.pid && t_kill "$pid"
	t_wait_for 2 test -e state/web.log
	assertTrue 'the log' '[ -e state/web.log ]'
	t_spawn -u HOME DAEMONIZE_NAME=web XDG_RUNTIME_DIR="$WORK/run" -- "$T_PROGRAMS/probe" --stay
	t_assert_rc 78 && t_assert_err 'needs XDG_STATE_HOME, HOME or DAEMONIZE_LOGFILE to be set'
	t_spawn DAEMONIZE_NAME=web XDG_RUNTIME_DIR="/$(printf '%04090d' 0)" DAEMONIZE_LOGFILE=null -- \
		"$T_PROGRAMS/probe" --stay
	t_assert_rc 78 && t_assert_err 'makes a path of 4096 bytes or more'
}

testAScriptOfARelativePathAndAnotherDirectory() {
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\npwd >"$1/where"\n' >script
	chmod +x script
	t_spawn DAEMONIZE_WORKDIR=/ DAEMONIZE_PIDFILE=d.pid DAEMONIZE_READY=main -- ./script "$WORK"
	t_assert_rc 0 || return
	t_wait_for 5 test -s where
	assertEquals / "$(cat where)"
}

testALibraryWhosePathCannotBePreloadedIsSaid() {
	t_not_in static 'it loads no library' || return 0
	mkdir 'a b'
	cp "$T_LIB" 'a b/'
	t_capture timeout 20 env DAEMONIZE=1 LD_LIBRARY_PATH="$WORK/a b" \
		LD_PRELOAD="${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}${T_LIB##*/}" "$T_PROGRAMS/probe" ran
	t_assert_rc 71 && t_assert_err 'LD_PRELOAD cannot hold a path with a space or colon'
	t_assert_absent ran
}

# shellcheck disable=SC1090
. "${SHUNIT2:-shunit2}"
